import { setMaxListeners } from 'node:events';
import { instrumentOpenAI, withRun } from '../../instrumentation/index.ts';
import { isInstrumented } from '../../instrumentation/openai/patch.ts';
import type { Message } from '../model/message.ts';
import { executeBatch, type ExecutedCall } from './execute-batch.ts';
import type { GuardFinding, GuardMode } from './guard.ts';
import { checkCount, checkOneOf, checkTime } from './checks.ts';
import { chatApi, responsesApi, type Answer, type OpenAIClient } from './model-api.ts';
import { quietly } from './quietly.ts';
import { messageOf } from './result-text.ts';
import type { Tool } from './tool.ts';

export interface AgentOptions {
  /** Of the `openai` package, or anything with its `chat.completions.create` or `responses.create`. */
  client: OpenAIClient;
  model: string;
  /** Chat messages or Responses items, by `api`; a text is the user's. The array is not changed. */
  messages: string | readonly unknown[];
  tools?: readonly Tool[];
  /** Default: `chat`. */
  api?: 'chat' | 'responses';
  /** `invoke_agent <name>` is the run's span. */
  name?: string;
  conversationId?: string;
  /** Calls of one turn that run at once. Default 8. */
  maxToolConcurrency?: number;
  /** `parallel_tool_calls` of each request; not sent unless given, since some models reject it. */
  parallelToolCalls?: boolean | ((turn: number) => boolean | undefined);
  /** Model calls. Default 20. */
  maxTurns?: number;
  /** Milliseconds a tool may take, unless it says itself. Default 120,000. */
  toolTimeoutMs?: number;
  /** Milliseconds the run may take. Default: no limit. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** Of each model call, by the client, with its backoff and `Retry-After`. Default 5. */
  maxRetries?: number;
  /** What happens to a write whose value nothing supplies and a look-up beside it offers. Default `defer`. */
  guard?: GuardMode;
  /** Streams the answers: called with each piece of text. */
  onText?: (delta: string) => void;
  /** After each model call. */
  onTurn?: (turn: { turn: number; text: string; calls: readonly { id: string; name: string; arguments: string }[] }) => void;
  /** As soon as a tool call is over. */
  onToolCall?: (call: ExecutedCall) => void;
  onGuard?: (finding: GuardFinding, isHeld: boolean) => void;
  /** Further fields of every request, as the API knows them: `temperature`, `instructions`, … */
  request?: Record<string, unknown>;
}

export interface AgentResult {
  /** The last answer's text. */
  text: string;
  /** `answer`, or why there is none: `max-turns`, `aborted`, `timeout`, `error` (in `AgentError.partial`); `length`, `content_filter`, `refusal` as the API said. */
  finish: string;
  /** The whole history, to go on from: every call in it has its result. */
  messages: unknown[];
  calls: ExecutedCall[];
  turns: number;
  usage: { input: number; output: number };
}

/** The model could not be asked; what was done until then is in `partial`. */
export class AgentError extends Error {
  override name = 'AgentError';
  readonly partial: AgentResult;

  constructor(message: string, partial: AgentResult, cause: unknown) {
    super(message, { cause });
    this.partial = partial;
  }
}

/**
 * Asks the model, runs the tools it asks for, feeds their results back, until it answers. Calls of one turn run at
 * once up to a cap; tools that run alone do; a write on a guess is held back.
 *
 *     const { text } = await runAgent({ client, model: 'gpt-5-mini', tools, messages: 'Book me in on Tuesday' });
 *
 * @throws AgentError where the model cannot be asked; a tool that fails is no error of the run
 */
export function runAgent(options: AgentOptions): Promise<AgentResult> {
  if (!isInstrumented(options.client)) instrumentOpenAI(options.client as object);
  const { name, conversationId } = options;
  return withRun({ ...(name !== undefined && { name }), ...(conversationId !== undefined && { conversationId }) }, () => loop(options));
}

async function loop(options: AgentOptions): Promise<AgentResult> {
  const { maxRetries = 5 } = options;
  const maxTurns = checkCount('maxTurns', options.maxTurns ?? 20);
  const cap = checkCount('maxToolConcurrency', options.maxToolConcurrency ?? 8);
  const guard = checkOneOf('guard', options.guard ?? 'defer', ['off', 'warn', 'defer']);
  const toolTimeoutMs = checkTime('toolTimeoutMs', options.toolTimeoutMs ?? 120_000);
  const isResponses = checkOneOf('api', options.api ?? 'chat', ['chat', 'responses']) === 'responses';
  const api = isResponses ? responsesApi(options.client) : chatApi(options.client);
  const tools = toolTable(options.tools ?? []);
  const { stream: _stream, ...extra } = options.request ?? {};
  const { signal, isTimeout, release } = signalOf(options);
  const messages: unknown[] = typeof options.messages === 'string' ? [{ role: 'user', content: options.messages }] : [...options.messages];
  const result: AgentResult = { text: '', finish: 'max-turns', messages, calls: [], turns: 0, usage: { input: 0, output: 0 } };
  const onText = options.onText && ((delta: string): void => quietly(() => options.onText?.(delta)));
  const stopped = (): AgentResult => ({ ...result, finish: isTimeout() ? 'timeout' : 'aborted' });
  try {
    for (let turn = 0; turn < maxTurns; turn++) {
      if (signal.aborted) return stopped();
      let answer: Answer;
      try {
        const parallel = options.parallelToolCalls;
        const request = {
          model: options.model,
          history: messages,
          tools: [...tools.values()],
          parallelToolCalls: typeof parallel === 'function' ? parallel(turn) : parallel,
          extra,
        };
        answer = await api.ask(request, { signal, maxRetries }, onText);
      } catch (error) {
        if (signal.aborted) return stopped();
        throw new AgentError(
          `the model could not be asked in turn ${turn + 1}: ${messageOf(error)}`,
          { ...result, finish: 'error' },
          error,
        );
      }
      const history = [...instructionsIn(extra), ...api.read(messages)];
      messages.push(...answer.items);
      result.turns++;
      result.text = answer.text;
      result.usage.input += answer.usage.input;
      result.usage.output += answer.usage.output;
      quietly(() => options.onTurn?.({ turn, text: answer.text, calls: answer.calls }));
      if (answer.calls.length === 0) return { ...result, finish: answer.stopped ?? 'answer' };
      const executed = await executeBatch(answer.calls, {
        tools,
        cap,
        // What the server remembers is not seen here: everything would look like a guess.
        guard: 'previous_response_id' in extra || 'conversation' in extra ? 'off' : guard,
        history,
        turn,
        toolTimeoutMs,
        signal,
        onGuard: (finding, isHeld) => quietly(() => options.onGuard?.(finding, isHeld)),
        onDone: (call) => quietly(() => options.onToolCall?.(call)),
      });
      for (const call of executed) {
        messages.push(api.result(call.id, call.result));
        result.calls.push(call);
      }
    }
    return signal.aborted ? stopped() : result;
  } finally {
    release();
  }
}

function toolTable(tools: readonly Tool[]): Map<string, Tool> {
  const table = new Map(tools.map((tool) => [tool.name, tool]));
  if (table.size === tools.length) return table;
  const twice = tools.find(({ name }, i) => tools.findIndex((other) => other.name === name) !== i)?.name;
  throw new TypeError(`There are two tools called ${JSON.stringify(twice)}.`);
}

/** Of a Responses request, for the guard. */
function instructionsIn({ instructions }: Record<string, unknown>): Message[] {
  return typeof instructions === 'string' ? [{ role: 'system', parts: [{ type: 'text', text: instructions }] }] : [];
}

/** The app's signal and the run's time together. */
function signalOf({ signal, timeoutMs: time }: AgentOptions): { signal: AbortSignal; isTimeout: () => boolean; release: () => void } {
  const timeoutMs = checkTime('timeoutMs', time);
  const own = new AbortController();
  // As many listeners as there are calls.
  setMaxListeners(0, own.signal);
  let isTimeout = false;
  const onAbort = (): void => own.abort(signal?.reason);
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          isTimeout = true;
          own.abort(new Error(`the run took longer than ${timeoutMs} ms`));
        }, timeoutMs);
  const release = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  return { signal: own.signal, isTimeout: () => isTimeout, release };
}
