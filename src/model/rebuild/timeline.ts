import type { Message, Part, ToolCallPart, ToolDefinition, ToolResultPart } from '../message.ts';
import type { ModelCall } from '../observation.ts';
import type { ContextItem, ToolCall, Turn } from '../run.ts';
import { groupBy, numberBatch } from './batch.ts';
import { isUniqueId, keyParts, type Keyed } from './fingerprint.ts';
import { mendArguments } from './mend-arguments.ts';
import { OpenCalls } from './open-calls.ts';

/** What a conversation's messages and model calls become, before tool spans are joined to it. */
export interface Timeline {
  turns: Turn[];
  trailing: ContextItem[];
  /** The id the provider gave each call; several calls may share one. */
  providerIds: Map<ToolCall, string>;
  /** Calls of answers that were thrown away: a retried request, a choice not taken. */
  notTaken: ReadonlySet<ToolCall>;
  tools: ToolDefinition[];
}

/**
 * Builds the linear timeline of one conversation. Messages are fed in order; what a later request repeats is
 * recognised and skipped, so every message enters once, whether it came from a transcript or from the
 * histories of a hundred spans.
 */
export class TimelineBuilder {
  readonly #turns: Turn[] = [];
  readonly #providerIds = new Map<ToolCall, string>();
  readonly #tools = new Map<string, ToolDefinition>();
  /** How often each part was seen so far. */
  readonly #seen = new Map<string, number>();
  readonly #open = new OpenCalls();
  /** Keys of the output parts of each turn, to recognise it in later histories. */
  readonly #outputKeys = new Map<Turn, Keyed[]>();
  readonly #confirmed = new Set<string>();
  readonly #inputKeys = new Map<Turn, string>();
  readonly #notTaken = new Set<ToolCall>();
  readonly #inherited: ReadonlySet<string>;
  #context: ContextItem[] = [];
  #fed: ToolCall[] = [];
  #userTurn = -1;
  #lastPartWasUser = false;

  constructor(inherited: ReadonlySet<string> = new Set()) {
    this.#inherited = inherited;
  }

  /** Adds tool definitions; the first of a name stays. */
  define(tools: readonly ToolDefinition[] | undefined): void {
    for (const tool of tools ?? []) if (!this.#tools.has(tool.name)) this.#tools.set(tool.name, tool);
  }

  /** Feeds a transcript: every message is new. */
  feedAll(messages: readonly Message[]): void {
    for (const message of messages) {
      this.#feedNew(keyParts([message]));
    }
  }

  /** Feeds one model call: the part of its input not seen before, then its answer. */
  feedCall(call: ModelCall, input: Keyed[] | undefined, output: Keyed[] | undefined, inputKey: string | undefined): void {
    this.define(call.tools);
    if (input !== undefined) this.#feedNew(this.#newParts(input, call.previousResponseId !== undefined));
    const turn = this.#openTurn(call);
    turn.captured = input !== undefined && (output !== undefined || call.error !== undefined);
    if (inputKey !== undefined) this.#inputKeys.set(turn, inputKey);
    this.#say(turn, output ?? []);
  }

  finish(): Timeline {
    this.#dropThrownAway();
    this.#inheritPending();
    for (const turn of this.#turns) numberBatch(turn);
    return {
      turns: this.#turns,
      trailing: this.#context,
      providerIds: this.#providerIds,
      notTaken: this.#notTaken,
      tools: [...this.#tools.values()],
    };
  }

  /** The parts of a request that the conversation has not seen. */
  #newParts(input: Keyed[], isContinuation: boolean): Keyed[] {
    const last = this.#turns.at(-1);
    const lastKeys = new Set((last && this.#outputKeys.get(last))?.flatMap((keyed) => [keyed.key, keyed.bareKey]));
    let answered = -1;
    input.forEach((keyed, i) => {
      if (keyed.role === 'assistant') this.#confirmed.add(keyed.key);
      if (keyed.role === 'assistant' && lastKeys.has(keyed.key)) answered = i;
    });
    const counts = new Map<string, number>();
    const fresh = input.filter((keyed, i) => {
      const count = (counts.get(keyed.key) ?? 0) + 1;
      counts.set(keyed.key, count);
      // A call is made once, even where what was recorded of it comes in the wrong order.
      if (keyed.part.type === 'tool_call' && isUniqueId(keyed) && this.#seen.has(keyed.key)) return false;
      // What follows the last answer is new even if its words are not ("yes", again).
      if (answered >= 0 && i > answered) return true;
      if (isContinuation && keyed.role !== 'system') return true;
      return count > (this.#seen.get(keyed.key) ?? 0);
    });
    if (last !== undefined && answered < 0 && lastKeys.size > 0) answered = input.indexOf(this.#correctLastTurn(last, fresh) as Keyed);
    if (last !== undefined && answered >= 0) mendArguments(last.calls, this.#providerIds, input);
    if (last !== undefined) this.#completeLastTurn(last, fresh, input, answered);
    return fresh;
  }

  /** Text or reasoning that the next request repeats just before the calls, and the span left out, is of the same answer. */
  #completeLastTurn(last: Turn, fresh: Keyed[], input: readonly Keyed[], answered: number): void {
    const missing: Keyed[] = [];
    for (let i = answered - 1; input[i]?.role === 'assistant'; i--) {
      const keyed = input[i] as Keyed;
      const at = keyed.part.type === 'tool_call' ? -1 : fresh.indexOf(keyed);
      if (at >= 0) missing.unshift(...fresh.splice(at, 1));
    }
    this.#say(last, missing);
  }

  /**
   * Some writers garble an answer (parallel calls of a stream merged into one). The next request repeats it
   * correctly: its calls then replace the recorded ones.
   *
   * @returns the last of them
   */
  #correctLastTurn(last: Turn, fresh: Keyed[]): Keyed | undefined {
    const isCall = (keyed: Keyed): boolean => keyed.role === 'assistant' && keyed.part.type === 'tool_call';
    const repeated = fresh.filter(isCall);
    if (repeated.length === 0 || last.calls.length === 0 || last.calls.some((call) => call.result !== undefined)) return undefined;
    const garbled = last.calls.some(
      (call) =>
        repeated.some((keyed) => (this.#providerIds.get(call) ?? '').includes((keyed.part as ToolCallPart).id ?? '\0')) ||
        repeated.some((keyed) => call.name.includes((keyed.part as ToolCallPart).name)),
    );
    if (!garbled) return undefined;
    for (const call of last.calls) this.#forget(call);
    last.calls = [];
    for (const keyed of repeated) {
      this.#addCall(last, keyed.part as ToolCallPart, 0);
      this.#count(keyed);
      fresh.splice(fresh.indexOf(keyed), 1);
    }
    this.#outputKeys.set(last, repeated);
    return repeated.at(-1);
  }

  #forget(call: ToolCall): void {
    this.#open.close(call);
    this.#providerIds.delete(call);
  }

  #feedNew(parts: Keyed[]): void {
    let spoken: Turn | undefined;
    for (const keyed of parts) {
      const { role, part } = keyed;
      if (part.type === 'tool_result') {
        this.#feedResult(part);
        this.#count(keyed);
        spoken = undefined;
        continue;
      }
      if (role === 'assistant' && !this.#inherited.has(keyed.key)) {
        // One message a call is one batch; text after calls is the next answer.
        const startsNew = spoken === undefined || (part.type === 'text' && spoken.calls.length > 0);
        if (startsNew) spoken = this.#continueOrOpen(part);
        this.#say(spoken as Turn, [keyed]);
        continue;
      }
      spoken = undefined;
      this.#count(keyed);
      if (part.type === 'text') this.#addContext(role === 'tool' ? 'note' : role, part.text);
    }
  }

  /**
   * Consecutive assistant messages of a transcript are one turn, unless text follows calls. What a history says
   * of a model call whose answer was not recorded is that call's answer; calls just after a text without any are of the
   * same answer, whose span left them out.
   */
  #continueOrOpen(part: Part): Turn {
    const last = this.#turns.at(-1);
    const nothingBetween = this.#context.length === 0 && this.#fed.length === 0;
    if (last === undefined || !nothingBetween) return this.#openTurn(undefined);
    if (!last.captured && this.#inputKeys.has(last)) {
      last.captured = true;
      last.repeated = true;
      return last;
    }
    if (part.type === 'tool_call' && last.calls.length === 0 && last.text.length > 0) return last;
    const isHistory = last.spanId === undefined && last.start === undefined;
    return isHistory && !(part.type === 'text' && last.calls.length > 0) ? last : this.#openTurn(undefined);
  }

  #addContext(kind: ContextItem['kind'], text: string): void {
    if (kind === 'user') {
      if (!this.#lastPartWasUser) this.#userTurn += 1;
      this.#lastPartWasUser = true;
    }
    this.#context.push({ kind, text });
  }

  #openTurn(call: ModelCall | undefined): Turn {
    const turn: Turn = {
      index: this.#turns.length,
      userTurn: Math.max(0, this.#userTurn),
      context: this.#context,
      fed: this.#fed,
      text: [],
      reasoning: [],
      calls: [],
      captured: true,
      kept: true,
      // What a transcript holds is history by itself.
      repeated: call === undefined,
      ...(call?.model !== undefined && { model: call.model }),
      ...(call?.start !== undefined && { start: call.start }),
      ...(call?.end !== undefined && { end: call.end }),
      ...(call?.origin.spanId !== undefined && { spanId: call.origin.spanId }),
      ...(call?.origin.traceId !== undefined && { traceId: call.origin.traceId }),
      ...(call?.usage !== undefined && { usage: call.usage }),
      ...(call?.error !== undefined && { error: call.error }),
      ...(call?.agentName !== undefined && { agentName: call.agentName }),
    };
    for (const fed of turn.fed) fed.fedTurn ??= turn.index;
    this.#context = [];
    this.#fed = [];
    this.#lastPartWasUser = false;
    this.#turns.push(turn);
    return turn;
  }

  #say(turn: Turn, parts: Keyed[]): void {
    this.#outputKeys.set(turn, [...(this.#outputKeys.get(turn) ?? []), ...parts]);
    for (const keyed of parts) {
      const { part, choice } = keyed;
      this.#count(keyed);
      if (part.type === 'text') turn.text.push(part.text);
      else if (part.type === 'reasoning') turn.reasoning.push(part.text);
      else if (part.type === 'tool_call') this.#addCall(turn, part, choice);
      else this.#feedResult(part);
    }
  }

  #addCall(turn: Turn, part: ToolCallPart, choice: number): void {
    const call: ToolCall = {
      id: part.id ?? '',
      name: part.name,
      arguments: part.arguments,
      origin: part.server === true ? 'server' : part.program === true ? 'program' : 'model',
      speculative: part.speculative === true,
      pending: false,
      turn: turn.index,
      choice,
      index: 0,
      batchSize: 1,
      ran: false,
      ...(turn.traceId !== undefined && { traceId: turn.traceId }),
    };
    turn.calls.push(call);
    if (part.id !== undefined) this.#providerIds.set(call, part.id);
    this.#open.open(call, part.id);
  }

  #feedResult(part: ToolResultPart): void {
    const call = this.#open.take(part);
    if (call === undefined) {
      // A result whose call the trace does not hold is still something the model knows.
      if (part.content !== undefined)
        this.#addContext('note', typeof part.content === 'string' ? part.content : JSON.stringify(part.content));
      return;
    }
    this.#lastPartWasUser = false;
    call.pending = part.pending === true;
    if (call.pending) {
      this.#open.open(call, this.#providerIds.get(call));
      return;
    }
    call.ran = true;
    call.result = { content: part.content, error: part.error === true };
    if (call.turn !== this.#turns.length - 1 || part.server !== true) this.#fed.push(call);
    else call.fedTurn = call.turn;
  }

  /** Under the key without the id too: a history that leaves ids out repeats it all the same. */
  #count({ key, bareKey }: Keyed): void {
    for (const each of key === bareKey ? [key] : [key, bareKey]) this.#seen.set(each, (this.#seen.get(each) ?? 0) + 1);
  }

  /** Marks answers that a retry replaced, and choices that were not taken. */
  #dropThrownAway(): void {
    const isConfirmed = ({ key, bareKey }: Keyed): boolean => this.#confirmed.has(key) || this.#confirmed.has(bareKey);
    const saidBy = (turn: Turn): Keyed[] => this.#outputKeys.get(turn) ?? [];
    const attempts = groupBy([...this.#inputKeys.keys()], (turn) => this.#inputKeys.get(turn) ?? '');
    for (const twins of attempts.values()) {
      const taken = twins.filter((turn) => saidBy(turn).some(isConfirmed));
      const kept = taken.length > 0 ? taken : twins.slice(-1);
      for (const turn of twins) {
        // An answer that is not known was not thrown away for all one knows: the history may be what was lost.
        turn.kept = kept.includes(turn) || !turn.captured;
        // Asked when the answer was there, it was no second attempt: what more the request held was not recorded.
        if (!turn.kept && kept.some((answer) => isAfter(turn, answer))) [turn.kept, turn.captured] = [true, false];
      }
    }
    for (const turn of this.#turns) {
      const said = saidBy(turn);
      const taken = new Set(said.filter(isConfirmed).map((keyed) => keyed.choice));
      if (taken.size === 0 || said.every((keyed) => taken.has(keyed.choice))) continue;
      turn.text = said.flatMap(({ part, choice }) => (part.type === 'text' && taken.has(choice) ? [part.text] : []));
      for (const call of turn.calls) if (!taken.has(call.choice)) this.#notTaken.add(call);
    }
    for (const turn of this.#turns) turn.repeated ||= saidBy(turn).some(isConfirmed);
    for (const turn of this.#turns) if (!turn.kept) for (const call of turn.calls) this.#notTaken.add(call);
  }

  #inheritPending(): void {
    const asynchronous = new Set([...this.#tools.values()].filter((tool) => tool.async === true).map((tool) => tool.name));
    for (const turn of this.#turns) {
      for (const call of turn.calls) if (call.result === undefined && asynchronous.has(call.name)) call.pending = true;
    }
  }
}

const isAfter = (turn: Turn, other: Turn): boolean => turn.start !== undefined && other.end !== undefined && turn.start >= other.end;
