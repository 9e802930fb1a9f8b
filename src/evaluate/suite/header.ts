import type { Example } from '../dataset.ts';
import { contentKey } from '../judge/cache.ts';
import type { ResultsHeader } from '../results-file.ts';
import { DEFAULT_THRESHOLDS } from '../thresholds.ts';
import { environmentOf } from './environment.ts';
import type { CheckedSuite } from './suite.ts';

/** What a results file says of its evaluation, before anything has run. */
export function headerOf(suite: CheckedSuite, examples: readonly Example[], folder: string): ResultsHeader {
  const { name, note, variants, baseline, trials = 1, environment: more } = suite;
  const environment = environmentOf(folder, more);
  return {
    schemaVersion: 1,
    kind: 'fanlight-results',
    suite: name,
    ...(note !== undefined && { note }),
    finished: false,
    key: contentKey({ examples, variants, trials, environment, judge: suite.judge && [suite.judge.model, suite.judge.rubric] }),
    variants: variants.map((variant) => ({ name: variant.name, settings: variant.settings })),
    baseline,
    gate: [...(suite.gate ?? variants.map((variant) => variant.name))],
    thresholds: { ...DEFAULT_THRESHOLDS, ...suite.thresholds },
    trials,
    environment,
  };
}
