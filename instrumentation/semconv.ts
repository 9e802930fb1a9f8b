/**
 * Attribute, event and metric names. OTel GenAI semantic conventions, whose constants are no longer published as a
 * package: https://github.com/open-telemetry/semantic-conventions-genai (docs/gen-ai). What is fanlight's own lives
 * under `fanlight.`; docs/instrumentation.md says what each means.
 */
export const OPERATION_NAME = 'gen_ai.operation.name';
export const PROVIDER_NAME = 'gen_ai.provider.name';
export const AGENT_NAME = 'gen_ai.agent.name';
export const CONVERSATION_ID = 'gen_ai.conversation.id';

export const REQUEST_MODEL = 'gen_ai.request.model';
export const REQUEST_MAX_TOKENS = 'gen_ai.request.max_tokens';
export const REQUEST_TEMPERATURE = 'gen_ai.request.temperature';
export const REQUEST_TOP_P = 'gen_ai.request.top_p';
export const REQUEST_FREQUENCY_PENALTY = 'gen_ai.request.frequency_penalty';
export const REQUEST_PRESENCE_PENALTY = 'gen_ai.request.presence_penalty';
export const REQUEST_SEED = 'gen_ai.request.seed';
export const REQUEST_STOP_SEQUENCES = 'gen_ai.request.stop_sequences';
export const REQUEST_CHOICE_COUNT = 'gen_ai.request.choice.count';
export const REQUEST_STREAM = 'gen_ai.request.stream';
export const REQUEST_ENCODING_FORMATS = 'gen_ai.request.encoding_formats';
export const REQUEST_PREVIOUS_RESPONSE_ID = 'gen_ai.request.previous_response.id';
export const REQUEST_REASONING_LEVEL = 'gen_ai.request.reasoning.level';
export const OUTPUT_TYPE = 'gen_ai.output.type';
export const EMBEDDINGS_DIMENSION_COUNT = 'gen_ai.embeddings.dimension.count';

export const RESPONSE_ID = 'gen_ai.response.id';
export const RESPONSE_MODEL = 'gen_ai.response.model';
export const RESPONSE_FINISH_REASONS = 'gen_ai.response.finish_reasons';
export const RESPONSE_TIME_TO_FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';
export const USAGE_INPUT_TOKENS = 'gen_ai.usage.input_tokens';
export const USAGE_OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
export const USAGE_CACHE_READ_TOKENS = 'gen_ai.usage.cache_read.input_tokens';
export const USAGE_REASONING_TOKENS = 'gen_ai.usage.reasoning.output_tokens';

export const OPENAI_API_TYPE = 'openai.api.type';
export const OPENAI_REQUEST_SERVICE_TIER = 'openai.request.service_tier';
export const OPENAI_RESPONSE_SERVICE_TIER = 'openai.response.service_tier';
export const OPENAI_RESPONSE_SYSTEM_FINGERPRINT = 'openai.response.system_fingerprint';

export const INPUT_MESSAGES = 'gen_ai.input.messages';
export const OUTPUT_MESSAGES = 'gen_ai.output.messages';
export const SYSTEM_INSTRUCTIONS = 'gen_ai.system_instructions';
export const TOOL_DEFINITIONS = 'gen_ai.tool.definitions';

export const TOOL_NAME = 'gen_ai.tool.name';
export const TOOL_TYPE = 'gen_ai.tool.type';
export const TOOL_DESCRIPTION = 'gen_ai.tool.description';
export const TOOL_CALL_ID = 'gen_ai.tool.call.id';
export const TOOL_CALL_ARGUMENTS = 'gen_ai.tool.call.arguments';
export const TOOL_CALL_RESULT = 'gen_ai.tool.call.result';

export const ERROR_TYPE = 'error.type';
export const HTTP_STATUS = 'http.response.status_code';
export const SERVER_ADDRESS = 'server.address';
export const SERVER_PORT = 'server.port';
export const USER_ID = 'user.id';
export const TOKEN_MODALITY = 'gen_ai.token.modality';
export const TOKEN_TYPE = 'gen_ai.token.type';

/** `parallel_tool_calls` as the app sent it; absent where it did not. */
export const PARALLEL_TOOL_CALLS = 'fanlight.request.parallel_tool_calls';
/** How many calls the batch holds: on the model call that emitted it and on each of its tool spans. */
export const BATCH_SIZE = 'fanlight.batch.size';
/** Position of a tool call in its batch, in the order the model listed the calls. */
export const BATCH_INDEX = 'fanlight.batch.index';
/** On a tool span: span id of the model call that asked for it. */
export const BATCH_TURN = 'fanlight.batch.turn';
/** Requests sent again by the client inside one call. */
export const RETRIES = 'fanlight.retries';
/** How the stream ended, if not by itself: `aborted` by the app, or `unread`. */
export const STREAM_END = 'fanlight.stream.end';
/** `full`, `delta` or `fingerprint`: how content on this span is recorded. */
export const CONTENT = 'fanlight.content';
/** Attributes of this span that were cut to the size limit. */
export const CUT = 'fanlight.cut';
/** Delta recording: span id (and trace id, if another) of the model call whose input this one continues. */
export const INPUT_BASE = 'fanlight.input.base';
export const INPUT_BASE_TRACE = 'fanlight.input.base_trace';
/** How many of that call's input messages come first in this one's. */
export const INPUT_KEPT = 'fanlight.input.kept';
/** Which of that call's choices follows them; absent where its answer was not sent back. */
export const INPUT_ANSWER = 'fanlight.input.answer';

export const METRIC = {
  duration: 'gen_ai.client.inference.duration',
  otherDuration: 'gen_ai.client.operation.duration',
  timeToFirstChunk: 'gen_ai.client.inference.time_to_first_chunk',
  inputTokens: 'gen_ai.client.inference.usage.input_tokens',
  outputTokens: 'gen_ai.client.inference.usage.output_tokens',
  cacheReadTokens: 'gen_ai.client.inference.usage.cache_read.input_tokens',
  reasoningTokens: 'gen_ai.client.inference.usage.reasoning.output_tokens',
  toolDuration: 'gen_ai.execute_tool.duration',
  agentDuration: 'gen_ai.invoke_agent.duration',
  agentInferenceCalls: 'gen_ai.invoke_agent.inference_calls',
  agentToolCalls: 'gen_ai.invoke_agent.tool_calls',
  /** Before the conventions renamed them. */
  legacyDuration: 'gen_ai.client.operation.duration',
  legacyTokenUsage: 'gen_ai.client.token.usage',
} as const;

/** Seconds, as the conventions advise for the duration of operations. */
export const DURATION_BUCKETS: number[] = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
export const TOKEN_BUCKETS: number[] = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
export const COUNT_BUCKETS: number[] = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89];
