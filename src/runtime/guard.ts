import { dependencesOf } from '../../analyzers/dependence.ts';
import { parseIfJson } from '../dialects/json.ts';
import type { Message, ToolDefinition } from '../model/message.ts';
import { rebuildRuns } from '../model/rebuild/index.ts';
import type { Run, ToolCall } from '../model/run.ts';
import { argumentsOf } from '../provenance/arguments.ts';
import { factsOf } from '../provenance/facts.ts';
import { isSpelledIn } from './spelling.ts';
import type { Effect } from './tool.ts';

export type GuardMode = 'off' | 'warn' | 'defer';

/** A call of the batch at hand, as the guard sees it. */
export interface GuardedCall {
  id: string;
  name: string;
  arguments: unknown;
  effect: Effect;
}

/** Why a write should wait for the next turn: a value that nothing supplied, and a sibling that has it. */
export interface GuardFinding {
  call: string;
  on: string;
  onName: string;
  /** Path of the argument. */
  argument: string;
  sent: string;
  offered: string;
}

/**
 * Looks at a batch with the eyes of the analysis, on what is known at that moment. A write with a value that nothing
 * in the conversation supplies waits for the look-ups beside it; if one of them then has another value under the same
 * name, the write was a guess.
 */
export class Guard {
  readonly #history: readonly Message[];
  readonly #tools: readonly ToolDefinition[];
  readonly #calls: readonly GuardedCall[];
  #said: string[] | undefined;

  /** @param history what the model had read when it made the calls */
  constructor(history: readonly Message[], tools: readonly ToolDefinition[], calls: readonly GuardedCall[]) {
    this.#history = history;
    this.#tools = tools;
    this.#calls = calls;
  }

  /** Ids of writes that wait for the look-ups of the batch. */
  suspects(): Set<string> {
    const suspects = new Set<string>();
    if (!this.#calls.some(({ effect }) => effect !== 'write')) return suspects;
    const { run, facts } = this.#factsWith(new Map());
    for (const call of this.#batchIn(run)) {
      if (facts.effect(call) !== 'write') continue;
      const isGuess = argumentsOf(call).some(
        (argument) =>
          !argument.prose &&
          typeof argument.value === 'string' &&
          !facts.supply.isGrounded(argument) &&
          !facts.supply.isOffered(argument) &&
          !isOwnMake(argument.key, argument.value) &&
          !this.#isSaidOtherwise(argument.value),
      );
      if (isGuess) suspects.add(call.id);
    }
    return suspects;
  }

  /** @param results of the look-ups, by call id */
  check(id: string, results: ReadonlyMap<string, string>): GuardFinding | undefined {
    const { run, facts } = this.#factsWith(results);
    const call = this.#batchIn(run).find((candidate) => candidate.id === id);
    const found =
      call &&
      dependencesOf(run, facts)
        .get(call)
        ?.find(({ argument, value }) => argument !== undefined && value !== undefined);
    if (found?.argument === undefined || found.value === undefined) return undefined;
    if (isOwnMake(found.argument.key, found.argument.text) || this.#isSaidOtherwise(found.argument.text)) return undefined;
    return {
      call: id,
      on: found.on.id,
      onName: found.on.name,
      argument: found.argument.path,
      sent: found.argument.text,
      offered: found.value,
    };
  }

  /** The user or the instructions gave it, in another spelling. */
  #isSaidOtherwise(value: string): boolean {
    this.#said ??= this.#history
      .filter(({ role }) => role === 'user' || role === 'system')
      .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])));
    return this.#said.some((text) => isSpelledIn(value, text));
  }

  /** The conversation as a log that ends with this batch, and what has come back of it. */
  #factsWith(results: ReadonlyMap<string, string>) {
    const batch: Message = {
      role: 'assistant',
      parts: this.#calls.map(({ id, name, arguments: args }) => ({ type: 'tool_call', id, name, arguments: args })),
    };
    const answers = [...results].map(([id, content]): Message => ({
      role: 'tool',
      parts: [{ type: 'tool_result', id, content: parseIfJson(content) }],
    }));
    const messages = [...this.#history, batch, ...answers];
    const [run] = rebuildRuns([
      { kind: 'transcript', dialect: 'runtime', origin: { source: 'runtime' }, messages, tools: [...this.#tools] },
    ]);
    if (run === undefined) throw new Error('a conversation without a run');
    const effects = Object.fromEntries(this.#calls.map(({ name, effect }) => [name, effect]));
    return { run, facts: factsOf(run, { effects }) };
  }

  #batchIn(run: Run): readonly ToolCall[] {
    return run.turns.findLast(({ calls }) => calls.length > 0)?.calls ?? [];
  }
}

/** Keys that a caller makes up, each time anew. */
const isOwnMake = (key: string, value: string): boolean =>
  /idempoten|nonce|correlation|request_?id|trace_?id|client_?(?:token|ref)/iu.test(key) ||
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/iu.test(value);
