/** `fanlight/tracing`: what an app calls itself. Needs `@opentelemetry/api` and nothing else. */
export { AgentsTraceProcessor, type AgentsTraceProcessorOptions } from './agents/trace-processor.ts';
export { instrumentOpenAI } from './instrument-openai.ts';
export { withRun, type RunOptions } from './run.ts';
export { tracedTool, traceTools, withToolCall, type ToolCallLike, type TracedToolOptions } from './tools/trace-tools.ts';
export type { ContentMode, InstrumentationOptions } from './settings.ts';
