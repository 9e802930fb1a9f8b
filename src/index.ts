/**
 * fanlight: finds wasted and dependent-parallel tool calls in the traces an LLM agent already exports.
 *
 * @packageDocumentation
 */
export { analyze, analyzeRuns, type AnalyzeOptions, type Source } from './analysis/analyze.ts';
export { analyzeRun, type AnalysisOptions, type AnalyzedRun } from './analysis/analyze-run.ts';
export { graphOf, type GraphOptions } from './analysis/learned/graph.ts';
export type { GraphEdge, LearnedGraph } from './analysis/learned/graph-schema.ts';
export { learn } from './analysis/learned/learn.ts';
export { learnFrom } from './analysis/learned/observe.ts';
export { emptySummary, mergeSummary, type LearnedSummary } from './analysis/learned/summary.ts';
export type { CallReport, Report, ReportProblem, RunReport, Summary } from './analysis/report.ts';
export { emptyTally, mergeTally, summaryOf, tallyOf, type Tally } from './analysis/summary.ts';
export { ConfigError, loadConfig, parseConfig } from './config/load.ts';
export { defineConfig, type Config } from './config/schema.ts';
export { readTraces } from './sources/read-traces.ts';
export type { Backend } from './sources/backends/backend.ts';
export type { Progress, ReadOptions } from './sources/read.ts';
export type { Problem } from './sources/problem.ts';
export { rebuildRuns } from './model/rebuild/index.ts';
export type { ContextItem, Run, ToolCall, ToolResult, Turn } from './model/run.ts';
export type { Message, Part, ToolDefinition, Usage } from './model/message.ts';
export type { ModelCall, Observation, Scope, ToolExecution, Transcript } from './model/observation.ts';
export type { Cost, Evidence, EvidencePlace, Finding, Severity } from '../analyzers/finding.ts';
