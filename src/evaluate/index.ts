/** `fanlight/eval`: runs an agent over a dataset, variant by variant, and compares. See docs/evaluation.md. */
export { compare, type Comparison, type ComparisonOptions, type ComparisonRow, type Verdict } from './compare.ts';
export { compareInputs, type ComparisonReport } from './compare-inputs.ts';
export type { Check } from './checks/schema.ts';
export type { Checked, CheckFunction } from './checks/run-checks.ts';
export { readDataset, type Dataset, type Example } from './dataset.ts';
export { EvaluationError } from './error.ts';
export { evaluate, type Evaluation, type EvaluationParts, type MetricValue, type VariantReport } from './evaluation.ts';
export { Judge, type JudgeClient, type JudgeOptions, type JudgeUsage } from './judge/judge.ts';
export { METRICS, type Metric, type MetricId } from './metrics.ts';
export type { CheckResult, RunResult } from './result.ts';
export { readResults, type ResultsFile, type ResultsHeader } from './results-file.ts';
export type { RunMetrics } from './run-metrics.ts';
export { installCapture, type Capture } from './suite/capture.ts';
export { evaluateTraces } from './suite/evaluate-traces.ts';
export { loadSuite, resolveSuite, type LoadedSuite } from './suite/load-suite.ts';
export { runSuite, type RunSuiteOptions, type SuiteOutcome } from './suite/run-suite.ts';
export {
  defineSuite,
  KNOWN_VARIANTS,
  type RunOutput,
  type RunRequest,
  type Suite,
  type SuiteFile,
  type SuiteOptions,
  type Variant,
} from './suite/suite.ts';
export { DEFAULT_THRESHOLDS, type GateRow, type Thresholds } from './thresholds.ts';
