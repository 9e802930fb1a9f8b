import { anthropicMessages } from './anthropic-messages.ts';
import type { DocumentDialect, SpanDialect } from './dialect.ts';
import { genAi } from './gen-ai.ts';
import { langSmithRuns } from './langsmith-runs.ts';
import { openAiConversations } from './openai-conversations.ts';
import { shareGpt } from './sharegpt.ts';

/** Tried in order on every span; the first that knows it reads it. */
export const spanDialects: readonly SpanDialect[] = [genAi];

/** Tried in order on every JSON document that is not OTLP. */
export const documentDialects: readonly DocumentDialect[] = [anthropicMessages, openAiConversations, shareGpt, langSmithRuns];
