import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { analyze, type Report } from '../../src/index.ts';
import { conversationsOf, replay } from '../support/replay.mjs';

/**
 * The two halves meet: conversations replayed by an instrumented agent, its spans analyzed. What the recorder leaves
 * out must not change a verdict.
 */
interface Conversation {
  id: string;
  messages: { role: string; content: unknown; tool_calls?: { function: { name: string; arguments: string } }[] }[];
}

const folder = mkdtempSync(join(tmpdir(), 'fanlight-verdicts-'));
const bundled = readFileSync(new URL('../../fixtures/booking/traces.jsonl', import.meta.url), 'utf8');
const labelled = new URL('../../../shared/gold/dev/convs.jsonl', import.meta.url);

const CASES: { name: string; conversations: Conversation[] }[] = [
  { name: 'the bundled traces', conversations: conversationsOf(bundled) as Conversation[] },
];
// Real conversations that are not ours to publish lie beside the checkout on some machines.
if (existsSync(labelled)) {
  const lines = readFileSync(labelled, 'utf8').trim().split('\n');
  CASES.push({ name: 'labelled conversations', conversations: lines.map((line) => JSON.parse(line) as Conversation) });
}

async function report(otlp: string, name: string): Promise<Report> {
  const file = join(folder, `${name}.jsonl`);
  writeFileSync(file, otlp);
  return analyze(file);
}

const verdicts = (of: Report): Map<string, string> =>
  new Map(of.runs.flatMap((run) => run.calls.map((call) => [call.id, JSON.stringify([call.verdict, call.wasted, call.dependsOn])])));

describe.each(CASES)('$name', ({ name, conversations }) => {
  const traces: Record<string, string> = {};
  const reports: Record<string, Report> = {};

  beforeAll(async () => {
    for (const content of ['full', 'delta', 'fingerprint']) {
      traces[content] = await replay(conversations, { content, fingerprintKey: 'a key' });
      reports[content] = await report(traces[content], `${name}-${content}`);
    }
  }, 120_000);

  const of = (mode: string): Map<string, string> => verdicts(reports[mode] as Report);

  test('delta: the same verdict on every call', () => {
    expect(of('full').size).toBeGreaterThan(20);
    expect(reports['delta']?.problems).toEqual([]);
    expect(of('delta')).toEqual(of('full'));
  });

  test('fingerprint: the same verdict on at least 95 % of calls', () => {
    const [full, fingerprint] = [of('full'), of('fingerprint')];
    expect(fingerprint.size).toBe(full.size);
    const same = [...full].filter(([id, verdict]) => fingerprint.get(id) === verdict).length;
    expect(same / full.size).toBeGreaterThanOrEqual(0.95);
  });

  test('fingerprint: no value of the user’s or of a tool’s is in the trace', () => {
    const values = new Set<string>();
    for (const { messages } of conversations) {
      for (const { role, content, tool_calls } of messages) {
        if (role === 'user' || role === 'tool') collect(content, values);
        for (const { function: made } of tool_calls ?? []) collect(made.arguments, values);
      }
    }
    const long = [...values].filter((value) => value.length >= 4);
    expect(long.length).toBeGreaterThan(30);
    // What spans say beside content: ids, times, and names that are the developer's (tools, and the words of OTLP).
    const searched = withoutIdsAndNames(traces['fingerprint'] as string);
    expect(long.filter((value) => searched.includes(value))).toEqual([]);
    const open = withoutIdsAndNames(traces['full'] as string);
    expect(long.filter((value) => open.includes(JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1))).length).toBeGreaterThan(
      long.length * 0.9,
    );
  });

  test('the planted mistake is found in every mode', () => {
    for (const each of Object.values(reports)) {
      expect(each.runs.flatMap((run) => run.findings).map(({ rule }) => rule)).toContain('dependent-parallel');
      expect(each.summary.dependentCalls).toBe(reports['full']?.summary.dependentCalls);
    }
  });
});

/** Every value of content as a search would look for it: leaves of JSON, whole texts. */
function collect(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') {
    const parsed = /^\s*[[{]/u.test(value) ? tryParse(value) : undefined;
    if (parsed === undefined) into.add(value);
    else collect(parsed, into);
  } else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) collect(inner, into);
  else if (typeof value === 'number') into.add(String(value));
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const withoutIdsAndNames = (otlp: string): string =>
  otlp
    .replaceAll(/"(?:traceId|spanId|parentSpanId|startTimeUnixNano|endTimeUnixNano|name|key)":"[^"]*"/gu, '')
    .replaceAll(/\\?"(?:id|name|type|role|finish_reason)\\?":\\?"[^"\\]*\\?"/gu, '')
    .replaceAll(
      /"(?:fanlight\.[\w.]+|gen_ai\.tool\.(?:name|call\.id)|gen_ai\.response\.id|service\.name|process\.[\w.]+)","value":\{[^}]*\}/gu,
      '',
    )
    .replaceAll(/\{"key":"(?:gen_ai\.tool\.name|service\.name)"[^}]*\}\}/gu, '')
    .replaceAll(/,"value":\{"stringValue":"(?:[\w-]+|unknown_service:[^"]*)"\}/gu, '');

test('delta is put together exactly, and grows with the conversation, not with its square', async () => {
  const messages: Conversation['messages'] = [{ role: 'system', content: 'You help.' }];
  for (let turn = 0; turn < 100; turn++) {
    const call = { id: `call_${turn}`, type: 'function', function: { name: 'find', arguments: `{"page": ${turn}}` } };
    messages.push({ role: 'user', content: `Question ${turn} ${'about something '.repeat(10)}` });
    messages.push({ role: 'assistant', content: null, tool_calls: [call] });
    messages.push({ role: 'tool', tool_call_id: call.id, content: `Page ${turn}: ${'a result '.repeat(20)}` } as never);
    messages.push({ role: 'assistant', content: `Answer ${turn}` });
  }
  const size = JSON.stringify(messages).length;
  const recorded = async (content: string): Promise<string> => replay([{ id: 'long', messages }], { content });
  const [full, delta] = [await recorded('full'), await recorded('delta')];
  const bytes = (otlp: string): number => attributesOf(otlp).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  expect(bytes(delta)).toBeLessThan(3 * size);
  expect(bytes(full)).toBeGreaterThan(20 * size);
  const { inputsOf } = await import('../support/inputs.ts');
  expect(inputsOf(delta)).toEqual(inputsOf(full));
});

function attributesOf(otlp: string): string[] {
  return [...otlp.matchAll(/"stringValue":"((?:[^"\\]|\\.)*)"/gu)].map(([, value]) => JSON.parse(`"${value}"`) as string);
}
