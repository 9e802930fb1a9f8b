import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { needsOf } from '../../src/analysis/latency/needs.ts';
import { latencyReportOf } from '../../src/analysis/latency/report.ts';
import { latencyTallyOf } from '../../src/analysis/latency/tally.ts';
import { emptyTally, mergeTally, summaryOf, tallyOf, type Tally } from '../../src/analysis/summary.ts';
import type { Message, Part } from '../../src/model/message.ts';
import type { ModelCall, Observation, ToolExecution } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';

const name = fc.constantFrom('get_thing', 'save_thing', 'x', '__proto__', 'constructor');
const id = fc.option(fc.constantFrom('call_0', 'call_1', 'a', ''), { nil: undefined });
const words = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('K-1001', '2026-05-05', '12.50', 'null', '[]', '{"a":"K-1001"}', 'Error: no', 'key: v'),
);

const part: fc.Arbitrary<Part> = fc.oneof(
  words.map((text): Part => ({ type: 'text', text })),
  words.map((text): Part => ({ type: 'reasoning', text })),
  fc
    .record({ id, name, arguments: fc.oneof(fc.jsonValue({ maxDepth: 3 }), words), server: fc.boolean(), program: fc.boolean() })
    .map(({ id: callId, ...rest }): Part => ({ type: 'tool_call', ...rest, ...(callId !== undefined && { id: callId }) })),
  fc
    .record({ id, content: fc.oneof(fc.jsonValue({ maxDepth: 3 }), words), error: fc.boolean(), pending: fc.boolean() })
    .map(({ id: callId, ...rest }): Part => ({ type: 'tool_result', ...rest, ...(callId !== undefined && { id: callId }) })),
);
const message: fc.Arbitrary<Message> = fc.record({
  role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
  parts: fc.array(part, { maxLength: 4 }),
  choice: fc.nat({ max: 2 }),
});

const at = fc.option(fc.nat({ max: 1000 }), { nil: undefined });
const origin = fc.record({
  traceId: fc.constantFrom('t1', 't2'),
  spanId: fc.constantFrom('s1', 's2', 's3', 's4'),
  parentSpanId: fc.constantFrom('s1', 's2', 's3', 's4'),
  source: fc.constant('x'),
});
const times = fc
  .record({ start: at, end: at })
  .map(({ start, end }) => ({ ...(start !== undefined && { start }), ...(end !== undefined && { end }) }));
const modelCall = fc
  .record({
    origin,
    times,
    input: fc.option(fc.array(message, { maxLength: 6 }), { nil: undefined }),
    output: fc.option(fc.array(message, { maxLength: 3 }), { nil: undefined }),
    conversation: fc.option(fc.constantFrom('c1', 'c2'), { nil: undefined }),
  })
  .map(({ origin: where, times: when, input, output, conversation }): ModelCall => ({
    kind: 'model',
    dialect: 'x',
    origin: where,
    ...when,
    ...(input && { input }),
    ...(output && { output }),
    ...(conversation !== undefined && { conversationId: conversation }),
  }));
const execution = fc
  .record({ origin, times, name, id, result: words })
  .map(({ origin: where, times: when, name: tool, id: callId, result }): ToolExecution => ({
    kind: 'tool',
    dialect: 'x',
    origin: where,
    ...when,
    name: tool,
    result,
    ...(callId !== undefined && { callId }),
  }));
const scope = origin.map((where): Observation => ({ kind: 'scope', dialect: 'x', origin: where, name: 'agent', agent: true }));
const observations = fc.array(
  fc.oneof(
    modelCall,
    modelCall,
    execution,
    scope,
    fc
      .array(message, { maxLength: 12 })
      .map((messages): Observation => ({ kind: 'transcript', dialect: 'x', origin: { source: 'x' }, messages })),
  ),
  { maxLength: 8 },
);

const reportsOf = (list: readonly Observation[]) => rebuildRuns(list).map((run) => ({ run, report: analyzeRun(run).report }));

describe('whatever the input', () => {
  test('nothing throws, ids are unique, every reference resolves', () => {
    fc.assert(
      fc.property(observations, (list) => {
        for (const { report } of reportsOf(list)) {
          const ids = report.calls.map((call) => call.id);
          expect(new Set(ids).size).toBe(ids.length);
          for (const call of report.calls) {
            expect(call.wasted === null).toBe(call.verdict !== 'wasted');
            for (const sibling of call.dependsOn) expect(ids).toContain(sibling);
          }
          for (const finding of report.findings) {
            for (const call of finding.calls) expect(ids).toContain(call);
            expect(finding.evidence.length).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('the same input gives the same report', () => {
    fc.assert(
      fc.property(observations, (list) => {
        const once = JSON.stringify(reportsOf(structuredClone(list)).map(({ report }) => report));
        expect(JSON.stringify(reportsOf(structuredClone(list)).map(({ report }) => report))).toBe(once);
      }),
      { numRuns: 100 },
    );
  });

  test('times, in any order or none, give a schedule whose path adds up, or the reason why there is none', () => {
    fc.assert(
      fc.property(observations, (list) => {
        for (const analyzed of rebuildRuns(list).map((run) => analyzeRun(run))) {
          const tally = latencyTallyOf(analyzed, needsOf(analyzed));
          expect(tally.schedules.length + tally.leftOut.size).toBe(1);
          const { where, scenarios, slowest } = latencyReportOf(tally, { cap: 1, alone: ['get_*'] });
          expect(where.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(slowest?.ms ?? 0, 6);
          for (const { p50 } of scenarios) expect(p50.ms).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('tallies of parts merge to the tally of the whole', () => {
    fc.assert(
      fc.property(observations, fc.nat(), (list, cut) => {
        const tallies = reportsOf(list).map(({ run, report }) => tallyOf(run, report));
        const sum = (parts: readonly Tally[]): Tally => {
          const total = emptyTally();
          for (const tally of parts) mergeTally(total, tally);
          return total;
        };
        const at2 = tallies.length === 0 ? 0 : cut % tallies.length;
        expect(summaryOf(sum([sum(tallies.slice(0, at2)), sum(tallies.slice(at2))]))).toEqual(summaryOf(sum(tallies)));
      }),
      { numRuns: 100 },
    );
  });
});

test('a message log without its own end tells no waste', () => {
  const messages: Message[] = [
    { role: 'user', parts: [{ type: 'text', text: 'Look it up.' }] },
    { role: 'assistant', parts: [{ type: 'tool_call', id: 'a', name: 'get_thing', arguments: {} }] },
    { role: 'tool', parts: [{ type: 'tool_result', id: 'a', content: '{"shelf":"K-1001"}' }] },
  ];
  const [first] = reportsOf([{ kind: 'transcript', dialect: 'x', origin: { source: 'x' }, messages }]);
  expect(first?.report.calls.map((call) => call.verdict)).toEqual(['unknown']);
});
