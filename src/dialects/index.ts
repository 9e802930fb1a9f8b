import { anthropicMessages } from './anthropic-messages.ts';
import { braintrust } from './braintrust.ts';
import { braintrustRows } from './braintrust-rows.ts';
import type { DocumentDialect, SpanDialect } from './dialect.ts';
import { genAi } from './gen-ai.ts';
import { langfuseExport } from './langfuse-export.ts';
import { langfuse } from './langfuse.ts';
import { langSmithRuns } from './langsmith-runs.ts';
import { logfire } from './logfire.ts';
import { mastra } from './mastra.ts';
import { openAiAgents } from './openai-agents.ts';
import { openAiConversations } from './openai-conversations.ts';
import { openInference } from './openinference.ts';
import { shareGpt } from './sharegpt.ts';
import { traceloop } from './traceloop.ts';
import { vercelAi } from './vercel-ai.ts';

/** Tried in order on every span; the first that knows it reads it. */
export const spanDialects: readonly SpanDialect[] = [mastra, braintrust, vercelAi, traceloop, openInference, logfire, genAi, langfuse];

/** Tried in order on every JSON document that is not OTLP. */
export const documentDialects: readonly DocumentDialect[] = [
  openAiAgents,
  langfuseExport,
  braintrustRows,
  anthropicMessages,
  openAiConversations,
  shareGpt,
  langSmithRuns,
];
