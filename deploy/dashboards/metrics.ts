/** Label names as Prometheus has them: dots became underscores on the way. */
export const LABELS = {
  tool: 'gen_ai_tool_name',
  model: 'gen_ai_request_model',
  verdict: 'fanlight_verdict',
  kind: 'fanlight_wasted',
  parallel: 'fanlight_batch_parallel',
  tokenType: 'gen_ai_token_type',
  outcome: 'fanlight_exporter_outcome',
} as const;

export type Label = keyof typeof LABELS;

export interface Metric {
  name: string;
  /** Beside `job`, the service that every metric has. */
  labels: readonly Label[];
}

/** fanlight's metrics as the collector's Prometheus exporter names them: unit and `_total` are part of the name. */
export const METRICS = {
  toolCalls: { name: 'fanlight_tool_calls_total', labels: ['tool', 'model', 'verdict', 'parallel'] },
  wastedCalls: { name: 'fanlight_wasted_calls_total', labels: ['tool', 'model', 'kind', 'parallel'] },
  dependentCalls: { name: 'fanlight_dependent_calls_total', labels: ['tool', 'model'] },
  wastedTokens: { name: 'fanlight_wasted_tokens_total', labels: ['tool', 'model'] },
  wastedCost: { name: 'fanlight_wasted_cost_total', labels: ['tool', 'model'] },
  tokens: { name: 'fanlight_tokens_total', labels: ['model', 'tokenType'] },
  exporterSpans: { name: 'fanlight_exporter_spans_total', labels: ['outcome'] },
} as const satisfies Record<string, Metric>;

/** The same for histograms; `_bucket`, `_sum` and `_count` follow the name. */
export const HISTOGRAMS = {
  toolCallDuration: { name: 'fanlight_tool_call_duration_seconds', labels: ['tool', 'verdict'] },
  batchSize: { name: 'fanlight_batch_size', labels: ['model'] },
  batchDuration: { name: 'fanlight_batch_duration_seconds', labels: ['model'] },
  batchSerialDuration: { name: 'fanlight_batch_serial_duration_seconds', labels: ['model'] },
  batchLongestCall: { name: 'fanlight_batch_longest_call_seconds', labels: ['model'] },
  runDuration: { name: 'fanlight_run_duration_seconds', labels: ['model'] },
  analysisDuration: { name: 'fanlight_analysis_duration_seconds', labels: [] },
} as const satisfies Record<string, Metric>;
