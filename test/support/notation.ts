import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { CallReport, RunReport } from '../../src/analysis/report.ts';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import type { GraphEdge } from '../../src/analysis/learned/graph-schema.ts';
import { wilsonLower } from '../../src/analysis/learned/wilson.ts';
import type { Config } from '../../src/config/schema.ts';
import { readTraces } from '../../src/sources/read-traces.ts';
import { Readable } from 'node:stream';

/**
 * The notation of `fixtures/**.yaml`: spans and messages as short as a person would write them, turned into the
 * OTLP JSON or conversation log they stand for, which the real reader then reads.
 *
 * spans:    id, in (parent), trace, op, at [start, end] in ms, input/output messages, tool, call, args, result
 * messages: `user: text`, `system: text`, `assistant: text`, `calls: [{id, name, args}]`, `result: {id, …}`
 */
export interface Fixture {
  what: string;
  spans?: FixtureSpan[];
  /** Instead of spans: conversation log lines, as they are. */
  lines?: object[];
  /** Or one conversation, in the notation of messages. */
  conversation?: FixtureMessage[];
  tools?: object[];
  config?: Config;
  /** What other runs taught: `tool path -> tool path support/opportunities`. */
  learned?: string[];
  expect: string[][][];
  /** Ids of the calls of each finding of the folder's rule, where no verdict shows them. */
  findings?: string[];
}

interface FixtureSpan {
  id: string;
  in?: string;
  trace?: string;
  op: string;
  name?: string;
  at: [number, number];
  input?: FixtureMessage[];
  output?: FixtureMessage[] | FixtureMessage[][];
  tool?: string;
  call?: string;
  args?: unknown;
  result?: unknown;
  error?: string;
  attributes?: Record<string, unknown>;
}

type FixtureMessage = Record<string, unknown>;

export function loadFixture(url: URL): Fixture {
  return parse(readFileSync(url, 'utf8')) as Fixture;
}

/** What analysis makes of a fixture: runs, turns, calls, each call in one line. */
export async function outcomeOf(fixture: Fixture): Promise<{ shown: string[][][]; reports: RunReport[] }> {
  const conversation = fixture.conversation && [
    { id: 'conversation', tools: fixture.tools, messages: fixture.conversation.flatMap(toChat) },
  ];
  const lines =
    fixture.lines ??
    conversation ??
    (fixture.spans ?? []).map((span) => ({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'fixture' }, spans: [toOtlp(span)] }] }] }));
  const reports: RunReport[] = [];
  const problems: string[] = [];
  const stdin = Readable.from([lines.map((line) => JSON.stringify(line)).join('\n')]);
  for await (const run of readTraces('-', { stdin, onProblem: (problem) => problems.push(problem.reason) })) {
    reports.push(analyzeRun(run, { config: fixture.config ?? {}, learned: { edges: (fixture.learned ?? []).map(edgeOf) } }).report);
  }
  if (problems.length > 0) throw new Error(`the fixture could not be read: ${problems.join('; ')}`);
  const shown = reports.map((report) =>
    Array.from({ length: report.turns }, (_, turn) =>
      report.calls.filter((call) => call.turn === turn).map((call) => lineOf(call, shortNames(fixture))),
    ),
  );
  return { shown, reports };
}

function edgeOf(text: string): GraphEdge {
  const [from, fromPath, , to, toPath, counts] = text.split(' ') as [string, string, string, string, string, string];
  const [support, opportunities] = counts.split('/').map(Number) as [number, number];
  return {
    from: { tool: from, path: fromPath },
    to: { tool: to, path: toPath },
    support,
    runs: support,
    opportunities,
    confidence: wilsonLower(support, opportunities),
    confidenceUnlessTold: wilsonLower(support, opportunities),
    elsewhere: { user: 0, system: 0, constant: 0, nothing: opportunities - support, tool: 0 },
    examples: [],
    counterExamples: [],
  };
}

/** `id name verdict [kind] [after ids] [n ms]` */
function lineOf(call: CallReport, names: ReadonlyMap<string, string>): string {
  const parts = [names.get(call.id) ?? call.id, call.name, call.wasted ?? call.verdict];
  if (call.dependsOn.length > 0) parts.push(`after ${call.dependsOn.join(' ')}`);
  if (call.durationMs !== undefined) parts.push(`${call.durationMs} ms`);
  return parts.join(' ');
}

/** Span ids as the fixture writes them: calls without an id are named by their span. */
const shortNames = (fixture: Fixture): Map<string, string> =>
  new Map((fixture.spans ?? []).map((span) => [hex(`${span.trace ?? 'trace'} ${span.id}`, 16), span.id]));

const hex = (name: string, length: number): string => createHash('sha256').update(name).digest('hex').slice(0, length);
const T0 = 1_790_000_000_000;
const nanos = (ms: number): string => `${T0 + ms}000000`;

function toOtlp(span: FixtureSpan): object {
  const trace = span.trace ?? 'trace';
  const isTool = span.op === 'execute_tool';
  const attributes: Record<string, unknown> = {
    'gen_ai.operation.name': span.op === 'span' ? undefined : span.op,
    'gen_ai.provider.name': span.op === 'chat' ? 'openai' : undefined,
    'gen_ai.request.model': span.op === 'chat' ? 'a-model' : undefined,
    'gen_ai.input.messages': span.input && JSON.stringify(span.input.flatMap(toMessage)),
    'gen_ai.output.messages': span.output && JSON.stringify(outputOf(span.output)),
    'gen_ai.agent.name': isTool ? undefined : span.name,
    'gen_ai.tool.name': span.tool,
    'gen_ai.tool.call.id': span.call,
    'gen_ai.tool.call.arguments': span.args && JSON.stringify(span.args),
    'gen_ai.tool.call.result': span.result && JSON.stringify(span.result),
    ...span.attributes,
  };
  return {
    traceId: hex(trace, 32),
    spanId: hex(`${trace} ${span.id}`, 16),
    parentSpanId: span.in === undefined ? '' : hex(`${trace} ${span.in}`, 16),
    name: span.name ?? `${span.op} ${span.tool ?? ''}`,
    startTimeUnixNano: nanos(span.at[0]),
    endTimeUnixNano: nanos(span.at[1]),
    attributes: Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ key, value: typeof value === 'boolean' ? { boolValue: value } : { stringValue: String(value) } })),
    status: span.error === undefined ? {} : { code: 2, message: span.error },
  };
}

/** One message a choice: a list of lists is several choices. */
function outputOf(output: FixtureMessage[] | FixtureMessage[][]): object[] {
  if (output.length > 0 && output.every(Array.isArray)) {
    return (output as FixtureMessage[][]).map((choice) => ({
      role: 'assistant',
      parts: choice.flatMap(toMessage).flatMap((message) => message.parts),
      finish_reason: 'stop',
    }));
  }
  return [
    {
      role: 'assistant',
      parts: (output as FixtureMessage[]).flatMap(toMessage).flatMap((message) => message.parts),
      finish_reason: 'stop',
    },
  ];
}

/** A message as chat completions write it; results as JSON text unless `content` gives the text itself. */
function toChat(message: FixtureMessage): object[] {
  if ('result' in message) {
    const { id, ...content } = message['result'] as { id: string };
    return [{ role: 'tool', tool_call_id: id, content: 'content' in content ? content.content : JSON.stringify(content) }];
  }
  const calls = message['calls'] as { id: string; name: string; args?: unknown }[] | undefined;
  if (calls !== undefined || 'assistant' in message) {
    return [
      {
        role: 'assistant',
        content: message['assistant'] ?? null,
        ...(message['reasoning'] !== undefined && { reasoning_content: message['reasoning'] }),
        tool_calls: calls?.map(({ id, name, args }) => ({
          id,
          type: 'function',
          function: { name, arguments: JSON.stringify(args ?? {}) },
        })),
      },
    ];
  }
  return Object.entries(message).map(([role, content]) => ({ role, content }));
}

function toMessage(message: FixtureMessage): { role: string; parts: object[] }[] {
  return Object.entries(message).map(([kind, value]) => {
    if (kind === 'calls') {
      const calls = value as { id?: string; name: string; args?: unknown }[];
      return { role: 'assistant', parts: calls.map(({ id, name, args }) => ({ type: 'tool_call', id, name, arguments: args ?? {} })) };
    }
    if (kind === 'result') {
      const { id, ...content } = value as { id?: string };
      const response = 'content' in content ? content.content : content;
      return { role: 'tool', parts: [{ type: 'tool_call_response', id, response }] };
    }
    return { role: kind, parts: [{ type: 'text', content: String(value) }] };
  });
}
