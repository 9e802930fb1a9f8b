import type { Usage } from '../model/message.ts';
import type { ModelCall, Observation, Origin, ToolExecution } from '../model/observation.ts';
import { asId, asNumber, asString, isObject, parseIfJson, type Json } from './json.ts';
import { readInputMessages, readOutputMessages } from './gen-ai-messages.ts';
import { answerIn, contentOf, conventionalIn, requestIn } from './langfuse-content.ts';
import { readOpenAiCall, usageOf, type Period } from './openai-calls.ts';

/** An observation of Langfuse, whether from the attributes of a span or from an export. Values may be JSON text. */
export interface LangfuseObservation extends Period {
  dialect: string;
  origin: Origin;
  type: string;
  name: string;
  input: unknown;
  output: unknown;
  metadata: Json;
  model: unknown;
  usage: unknown;
  level: unknown;
  statusMessage: unknown;
  sessionId: unknown;
}

export function observationOf(told: LangfuseObservation): Observation {
  const { type, name, dialect, origin, start, end } = told;
  const conversationId = asId(told.sessionId);
  const common = {
    dialect,
    origin,
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(conversationId !== undefined && { conversationId }),
  };
  if (type === 'generation') return { ...readGeneration(told), ...common };
  if (type === 'tool') return { kind: 'tool', ...common, name, ...readTool(told) };
  return { kind: 'scope', ...common, name, agent: type === 'agent' };
}

/** Who ran the model is nowhere told. */
function readGeneration(told: LangfuseObservation): Omit<ModelCall, 'start' | 'end' | 'conversationId'> {
  const request = requestIn(told.input, told.metadata);
  const answer = { ...answerIn(told.output), model: told.model, usage: undefined };
  const { provider: _, ...call } = readOpenAiCall(request, answer, { error: errorOf(told) }, told.dialect, told.origin);
  const input = readInputMessages(conventionalIn(told.input)) ?? call.input;
  const output = readOutputMessages(conventionalIn(told.output), { requested: undefined, finished: undefined }) ?? call.output;
  const usage = readUsage(parseIfJson(told.usage));
  return { ...call, ...(input && { input }), ...(output && { output }), ...(usage !== undefined && { usage }) };
}

function readTool(told: LangfuseObservation): Pick<ToolExecution, 'arguments' | 'result' | 'error'> {
  const [args, result, error] = [argumentsOf(contentOf(told.input)), contentOf(told.output), errorOf(told)];
  return {
    ...(args !== undefined && { arguments: args }),
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
  };
}

/** A function's inputs are the arguments only if it takes them as one object; otherwise what the model sent is not told. */
function argumentsOf(input: unknown): unknown {
  if (!isObject(input)) return undefined;
  const { args, kwargs, ...others } = input;
  if (!Array.isArray(args) || !isObject(kwargs) || Object.keys(others).length > 0) return input;
  return args.length === 0 ? kwargs : undefined;
}

/** Failures stand in the level alone: the status of the span stays unset. */
const errorOf = ({ level, statusMessage }: LangfuseObservation): string | undefined =>
  level === 'ERROR' ? (asString(statusMessage) ?? 'error') : undefined;

const INPUT_DETAIL = /^input_|_input_/u;
const OUTPUT_DETAIL = /^output_|_output_/u;
const CACHED = ['input_cached_tokens', 'input_cache_read', 'cache_read_input_tokens', 'input_cache_read_tokens'];

/**
 * `input` and `output` leave out what has a key of its own, such as the cached tokens:
 * https://langfuse.com/docs/observability/features/token-and-cost-tracking. Where the total says that they do not, they
 * are taken as they are.
 */
function readUsage(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const [input, output, total] = [usage['input'], usage['output'], usage['total']].map(asNumber);
  if (input === undefined && output === undefined) return usageOf(usage);
  // No call takes nothing: this is how an API says that it does not know.
  if (sumOf(usage, /./u) === 0) return undefined;
  const isWhole = total !== undefined && total === (input ?? 0) + (output ?? 0);
  const details = (key: RegExp): number => (isWhole ? 0 : sumOf(usage, key));
  const cachedInputTokens = CACHED.map((key) => asNumber(usage[key])).find((count) => count !== undefined);
  return {
    ...(input !== undefined && { inputTokens: input + details(INPUT_DETAIL) }),
    ...(output !== undefined && { outputTokens: output + details(OUTPUT_DETAIL) }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
  };
}

const sumOf = (usage: Json, keys: RegExp): number =>
  Object.entries(usage).reduce((sum, [key, count]) => sum + (keys.test(key) ? (asNumber(count) ?? 0) : 0), 0);
