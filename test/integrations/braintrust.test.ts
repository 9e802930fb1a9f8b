import { Eval } from 'braintrust';
import { describe, expect, test } from 'vitest';
import { dependentParallel, wastedCalls, within } from '../../src/integrations/braintrust.ts';
import { clean, guessed, withoutTools } from './conversations.ts';

type Scorers = Parameters<typeof Eval<string, object, void>>[1]['scores'] & {};

/** Runs Braintrust's own `Eval` on the outputs, offline; the scores of each. */
async function scoresOf(outputs: object[], scores: Scorers): Promise<object[]> {
  const { results } = await Eval<string, object, void>(
    'booking',
    { data: outputs.map((_, i) => ({ input: String(i) })), task: (input) => outputs[Number(input)] ?? {}, scores },
    { noSendLogs: true, reporter: { name: 'none', reportEval: () => true, reportRun: () => true } },
  );
  return results
    .toSorted((a, b) => Number(a.input) - Number(b.input))
    .map(({ scores, error }) => {
      if (error !== undefined) throw error;
      return scores;
    });
}

describe('scorers, in Braintrust’s Eval', () => {
  test('score the messages that a task returns', async () => {
    const scored = await scoresOf([{ messages: guessed }, clean], [wastedCalls(), dependentParallel(), within({ toolCalls: 2 })]);
    expect(scored).toEqual([
      { no_wasted_calls: 2 / 3, no_dependent_parallel_calls: 0.5, within_bounds: 2 / 3 },
      { no_wasted_calls: 1, no_dependent_parallel_calls: null, within_bounds: 1 },
    ]);
  });

  test('what does not apply has no score', async () => {
    expect(await scoresOf([withoutTools, { answer: 'Tuesday.' }], [wastedCalls()])).toEqual([
      { no_wasted_calls: null },
      { no_wasted_calls: null },
    ]);
  });

  test('`from` says what to judge, `name` how to call it', async () => {
    const from = ({ output }: { output: unknown }): object => (output as { kept: object[] }).kept;
    expect(await scoresOf([{ kept: guessed }], [wastedCalls({ name: 'mine', from, max: 1 })])).toEqual([{ mine: 2 / 3 }]);
  });
});

test('a score brings the evidence as metadata', async () => {
  const { metadata } = await wastedCalls()({ output: guessed });
  expect(metadata.comment).toContain('book_appointment was wasted (superseded)');
});

test('an option that there is none of is an error', () => {
  expect(() => wastedCalls({ key: 'mine' } as object)).toThrow('no key "key" in the options');
  expect(() => within({ toolCalls: 3 }, { max: 1 } as object)).toThrow('no key "max" in the options');
});
