import { expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { openAiConversations } from '../../src/dialects/openai-conversations.ts';
import { agreementOf, isCorrect } from '../../src/evaluate/agreement.ts';
import { runChecks } from '../../src/evaluate/checks/run-checks.ts';
import { checkSchema } from '../../src/evaluate/checks/schema.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';
import { result } from './results.ts';

const call = (id: string, name: string, args: unknown) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(args) } });
const answered = (id: string, value: unknown) => ({ role: 'tool', tool_call_id: id, content: JSON.stringify(value) });

/** A ferry is booked on a sailing that the timetable gave; before that once on a guess, which failed. */
function ferry(booked = 'F-18') {
  const messages = [
    { role: 'user', content: 'A car and two people to Holm on Friday, please.' },
    { role: 'assistant', tool_calls: [call('a', 'timetable', { to: 'Holm' }), call('b', 'reserve', { sailing: 'friday', cars: 1 })] },
    answered('a', { sailings: [{ id: 'F-17' }, { id: 'F-18' }] }),
    answered('b', { error: 'no such sailing' }),
    { role: 'assistant', tool_calls: [call('c', 'reserve', { sailing: booked, cars: 1 })] },
    answered('c', { ticket: 'T-9', price: 84 }),
    { role: 'assistant', content: '{"ticket": "T-9", "price": 84}' },
  ];
  const runs = rebuildRuns(openAiConversations.read({ messages }, { source: 'test' })).map((run) => analyzeRun(run));
  return { runs, answer: '{"ticket": "T-9", "price": 84}' };
}

async function check(spec: Record<string, unknown>, subject: Partial<ReturnType<typeof ferry>> = {}) {
  const example = { id: 'x', checks: [checkSchema.parse(spec)] };
  const functions = {
    cheap: ({ answer }: { answer: string }) => (JSON.parse(answer) as { price: number }).price < 50,
    told: () => Promise.resolve({ passed: true, reason: 'so it is' }),
    broken: () => {
      throw new TypeError('oops');
    },
  };
  const [only] = await runChecks({ example, ...ferry(), ...subject }, functions);
  return only!;
}

const PASSING: Record<string, unknown>[] = [
  { type: 'exact', text: ' {"ticket":  "T-9", "price": 84}'.replace('  ', ' ') },
  { type: 'contains', text: 't-9', ignoreCase: true },
  { type: 'excludes', text: 'F-17' },
  { type: 'matches', pattern: '"price":\\s*\\d+', flags: 'u' },
  { type: 'json', path: '$.price', equals: 84 },
  { type: 'called', tool: 'reserve', times: 2 },
  { type: 'called', tool: 'reserve', outcome: 'ok', times: { min: 1, max: 1 } },
  { type: 'called', tool: 'reserve', arguments: { '$.sailing': 'F-18', '$.cars': 1 } },
  { type: 'called', tool: 'cancel', times: 0 },
  { type: 'sourced', tool: 'reserve', argument: '$.sailing', from: { tool: 'timetable', result: '$.sailings[*].id' } },
  { type: 'function', function: 'told' },
];
const FAILING: Record<string, unknown>[] = [
  { type: 'exact', text: 'T-9' },
  { type: 'contains', text: 't-9' },
  { type: 'excludes', text: 'T-9' },
  { type: 'matches', pattern: '^ticket' },
  { type: 'json', path: '$.price', equals: 85 },
  { type: 'called', tool: 'reserve', times: 1 },
  { type: 'called', tool: 'reserve', outcome: 'error', times: 0 },
  { type: 'called', tool: 'reserve', arguments: { '$.cars': 2 } },
  { type: 'called', tool: 'cancel' },
  { type: 'sourced', tool: 'reserve', argument: '$.sailing', from: { tool: 'timetable', result: '$.sailings[0].id' } },
  { type: 'function', function: 'cheap' },
];

test.each(PASSING)('passes: $type %#', async (spec) => expect(await check(spec)).toMatchObject({ passed: true }));
test.each(FAILING)('does not pass: $type %#', async (spec) => expect(await check(spec)).toMatchObject({ passed: false }));

test('a state check says what was used and what had been given', async () => {
  const spec = PASSING.find(({ type }) => type === 'sourced')!;
  const { by, passed, reason } = await check(spec, ferry('F-21'));
  expect({ by, passed }).toEqual({ by: 'state', passed: false });
  expect(reason).toBe('reserve was called with "F-21", which timetable never gave: it had given ["F-17","F-18"]');
});

test('a check that fails itself is no pass and no fail', async () => {
  for (const [spec, reason] of [
    [{ type: 'function', function: 'broken' }, /the check failed: oops/u],
    [{ type: 'function', function: 'unheard of' }, /the suite has no check "unheard of"/u],
    [{ type: 'function', function: 'toString' }, /the suite has no check "toString"/u],
  ] as const) {
    expect(await check(spec)).toMatchObject({ passed: null, reason: expect.stringMatching(reason) });
  }
  expect(await check({ type: 'json', path: '$.a', equals: 1 }, { answer: 'not json' })).toMatchObject({ passed: null });
  expect(await check({ type: 'called', tool: 'reserve' }, { runs: [] })).toMatchObject({
    passed: null,
    reason: expect.stringContaining('left no trace'),
  });
});

test('a call that the runtime gave back has done nothing', async () => {
  const { runs, answer } = ferry();
  const [first, guess] = runs[0]!.run.calls;
  expect(first?.name).toBe('timetable');
  guess!.result = { content: { deferred: true, reason: 'reserve was not run' }, error: false };
  runs[0]!.report.calls[1]!.outcome = 'ok';
  for (const spec of PASSING.filter(({ type }) => type === 'called' || type === 'sourced')) {
    expect(await check(spec, { runs, answer }), JSON.stringify(spec)).toMatchObject({ passed: true });
  }
});

test('a wrong check is refused with a reason', () => {
  const reasons = (spec: unknown) =>
    checkSchema
      .safeParse(spec)
      .error?.issues.map(({ message }) => message)
      .join();
  expect(reasons({ type: 'json', path: 'price', equals: 1 })).toContain('not a JSON path');
  expect(reasons({ type: 'matches', pattern: '(' })).toContain('not a regular expression');
  expect(reasons({ type: 'contians', text: 'x' })).toContain('there is no check of type "contians"; known: exact, contains');
});

test('correct is what every check passes; agreement is told beyond chance', () => {
  const checks = (judge: boolean | null, code: boolean) => [
    { by: 'judge' as const, name: 'j', passed: judge, reason: '' },
    { by: 'code' as const, name: 'c', passed: code, reason: '' },
  ];
  expect([checks(true, true), checks(true, false), checks(null, true), []].map(isCorrect)).toEqual([true, false, false, null]);
  // Cohen 1960's table of two raters: 20 both yes, 5 and 10 apart, 15 both no.
  const many = [
    [20, true, true],
    [5, true, false],
    [10, false, true],
    [15, false, false],
  ] as const;
  const results = many.flatMap(([n, judge, code]) =>
    Array.from({ length: n }, (_, i) => result(`${judge}${code}${i}`, { checks: checks(judge, code) })),
  );
  const agreement = agreementOf([...results, result('error', { checks: checks(null, true) }), result('none')]);
  expect(agreement).toMatchObject({ runs: 50, agreed: 35, judgePassedOnly: 5, codePassedOnly: 10 });
  expect(agreement?.kappa).toBeCloseTo(0.4, 9);
});
