import { createHash } from 'node:crypto';
import { textOf } from '../model/canonical.ts';
import type { Run, Turn } from '../model/run.ts';
import type { Span } from '../dialects/span.ts';
import { keyValues } from './otlp-json.ts';
import type { Value } from './annotations.ts';

/** A conversation log has no times: turns and calls are drawn so long, so that a viewer shows their order. */
const MADE_UP_MS = 1000;
const OPERATION = 'gen_ai.operation.name';

/**
 * Spans for a run that has none, so that a conversation log can be looked at as a trace: an agent, its model calls, its
 * tools. Ids are made of the run's id, the same every time; made-up times are marked with `fanlight.times`.
 * The run's turns and calls get the ids of their spans.
 */
export function makeSpans(run: Run, now: number): Span[] {
  const traceId = hash(run.id, 32);
  const spanId = (name: string): string => hash(`${run.id} ${name}`, 16);
  run.traceId = traceId;
  const root = spanId('root');
  const resource = { attributes: keyValues({ 'service.name': 'fanlight', 'fanlight.source': run.source }) };
  const spans: Span[] = [];
  const add = (
    id: string,
    parent: string | undefined,
    name: string,
    start: number,
    end: number,
    attributes: Record<string, Value>,
  ): void => {
    const raw = {
      traceId,
      spanId: id,
      ...(parent !== undefined && { parentSpanId: parent }),
      name,
      kind: 1,
      startTimeUnixNano: nanos(start),
      endTimeUnixNano: nanos(end),
      attributes: keyValues(attributes),
    };
    spans.push({
      traceId,
      spanId: id,
      name,
      start,
      end,
      attributes: { [OPERATION]: attributes[OPERATION] },
      events: [],
      status: { code: 0 },
      droppedAttributes: 0,
      resource: {},
      place: { source: run.source },
      raw: { span: raw, resource, scope: { name: 'fanlight' } },
      ...(parent !== undefined && { parentSpanId: parent }),
    });
  };

  let before: Before | undefined;
  let clock = now - 2 * MADE_UP_MS * run.turns.length;
  const began = clock;
  for (const turn of run.turns) {
    turn.spanId = spanId(`turn ${turn.index}`);
    turn.traceId = traceId;
    add(turn.spanId, root, turn.model === undefined ? 'chat' : `chat ${turn.model}`, clock, clock + MADE_UP_MS, {
      [OPERATION]: 'chat',
      ...(turn.model !== undefined && { 'gen_ai.request.model': turn.model }),
      ...contentOf(turn, before),
    });
    before = { spanId: turn.spanId, messages: (before?.messages ?? 0) + (before === undefined ? 0 : 1) + newMessages(turn).length };
    clock += MADE_UP_MS;
    for (const call of turn.calls) {
      call.spanId = spanId(`call ${call.id}`);
      call.traceId = traceId;
      add(call.spanId, root, `execute_tool ${call.name}`, clock, clock + MADE_UP_MS, {
        [OPERATION]: 'execute_tool',
        'gen_ai.tool.name': call.name,
        'gen_ai.tool.call.id': call.id,
        ...(call.arguments !== undefined && { 'gen_ai.tool.call.arguments': textOf(call.arguments) }),
        ...(call.result !== undefined && { 'gen_ai.tool.call.result': textOf(call.result.content) }),
      });
    }
    if (turn.calls.length > 0) clock += MADE_UP_MS;
  }
  add(root, undefined, `invoke_agent ${run.id}`, began, Math.max(clock, began + MADE_UP_MS), {
    [OPERATION]: 'invoke_agent',
    'gen_ai.conversation.id': run.conversationId ?? run.id,
    'fanlight.times': 'made up',
  });
  return spans;
}

interface Before {
  spanId: string;
  /** In its input. */
  messages: number;
}

/** As delta recording writes them (docs/instrumentation.md): each turn what is new, and which turn it goes on from. */
function contentOf(turn: Turn, before: Before | undefined): Record<string, Value> {
  const parts = [
    ...turn.text.map((content) => ({ type: 'text', content })),
    ...turn.calls.map(({ id, name, arguments: args }) => ({ type: 'tool_call', id, name, arguments: args })),
  ];
  return {
    'fanlight.content': 'delta',
    'gen_ai.input.messages': JSON.stringify(newMessages(turn)),
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts, finish_reason: turn.calls.length > 0 ? 'tool_call' : 'stop' }]),
    ...(before !== undefined && {
      'fanlight.input.base': before.spanId,
      'fanlight.input.kept': before.messages,
      'fanlight.input.answer': 0,
    }),
  };
}

const newMessages = (turn: Turn): object[] => [
  ...turn.fed.map(({ id, result }) => ({ role: 'tool', parts: [{ type: 'tool_call_response', id, response: result?.content ?? '' }] })),
  ...turn.context.map(({ kind, text }) => ({ role: kind === 'note' ? 'user' : kind, parts: [{ type: 'text', content: text }] })),
];

const hash = (text: string, digits: number): string => createHash('sha256').update(text).digest('hex').slice(0, digits);

const nanos = (ms: number): string => `${Math.round(ms)}000000`;
