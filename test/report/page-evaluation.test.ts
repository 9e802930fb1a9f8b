import { expect, test } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluation.ts';
import type { ResultsHeader } from '../../src/evaluate/results-file.ts';
import { evaluationBlocks } from '../../src/report/evaluation/blocks.ts';
import { pageEvaluation } from '../../src/report/page/evaluation.ts';
import { result } from '../evaluate/results.ts';

const header = (more: Partial<ResultsHeader>): ResultsHeader => ({
  schemaVersion: 1,
  kind: 'fanlight-results',
  suite: 'booking',
  finished: true,
  key: 'k',
  variants: ['wrong', 'right', 'broken', 'aside'].map((name) => ({ name, settings: {} })),
  baseline: 'right',
  gate: ['wrong', 'right', 'broken'],
  thresholds: { correctness: 0.95 },
  trials: 1,
  environment: {},
  ...more,
});
const results = ['one', 'two'].flatMap((example) => [
  result(example, { variant: 'wrong', correct: false }),
  result(example, { variant: 'right' }),
  result(example, { variant: 'broken', error: 'it threw' }),
  result(example, { variant: 'aside', correct: false }),
]);
const evaluation = (more: Partial<ResultsHeader> = {}) => evaluate({ header: header(more), results }, { resamples: 50 });
const gates = (more?: Partial<ResultsHeader>): unknown => pageEvaluation(evaluation(more)).variants.map(({ gate }) => gate);

test('only gated variants pass or fail the gate', () => {
  expect(gates()).toEqual(['failed', 'passed', 'failed', 'not gated']);
  expect(gates({ gate: [] })).toEqual(['not gated', 'not gated', 'not gated', 'not gated']);
  expect(gates({ thresholds: {} })).toEqual(['passed', 'passed', 'failed', 'not gated']);
});

test('says under comparisons what the terminal says, and nothing where nothing is compared', () => {
  const { caveat } = pageEvaluation(evaluation());
  expect(caveat).toMatch(/Holm/u);
  expect(evaluationBlocks(evaluation())).toContainEqual({ kind: 'text', text: caveat, tone: 'dim' });
  expect(pageEvaluation({ ...evaluation(), comparisons: [] })).not.toHaveProperty('caveat');
});
