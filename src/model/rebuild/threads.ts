import type { ModelCall, Observation } from '../observation.ts';
import { isUniqueId, keyParts, type Keyed } from './fingerprint.ts';
import { garbledIds } from './garbled.ts';
import type { SpanTree } from './tree.ts';
import { inputKeyOf, UnansweredThreads } from './unanswered.ts';

/** Model calls of one conversation, in time order, each with its keyed input. */
export interface Thread {
  calls: ThreadCall[];
  conversationId: string | undefined;
  traceId: string | undefined;
  agent: string | undefined;
  agentName: string | undefined;
  parent: string | undefined;
  firstUser: string | undefined;
  systemKey: string | undefined;
  /** Keys of everything said in it that is not a system message. */
  said: Set<string>;
  /** Assistant parts of its first input that another conversation produced: a history handed over, not its own turns. */
  inherited: Set<string>;
  end: number;
}

export interface ThreadCall {
  call: ModelCall;
  input: Keyed[] | undefined;
  output: Keyed[] | undefined;
  /** Equal for two requests with the same input: the second is a retry of the first. */
  inputKey: string | undefined;
}

interface Producer {
  thread: Thread;
  /** Index of the model call in the thread whose output (or input, for a tool result) holds the part. */
  at: number;
}

/**
 * Sorts model calls into conversations. Conversation ids, response chains, message history and span ancestry
 * all tell conversations apart; none is always there, so each candidate is weighed by what it shares.
 */
export function assignThreads(modelCalls: readonly ModelCall[], tree: SpanTree): Thread[] {
  const threads: Thread[] = [];
  const producers = new ProducerIndex();
  const byResponse = new Map<string, Thread>();
  const unanswered = new UnansweredThreads();
  const recent = new RecentThreads();

  for (const call of inOrder(modelCalls)) {
    const input = call.input && keyParts(call.input);
    const output = garbledIds(call) === undefined ? call.output && keyParts(call.output) : undefined;
    const about = describe(call, input, tree);
    let thread = call.previousResponseId === undefined ? undefined : byResponse.get(call.previousResponseId);
    let inherited: Set<string> | undefined;
    if (thread === undefined) {
      const match = input && findByHistory(input, about, producers);
      const waiting = unanswered.continuedBy(input ?? [], (other) => mayPrecede(other, about));
      if (waiting !== undefined && (match === undefined || isLikelier(waiting, match.thread, about))) thread = waiting;
      else if (match && isFork(match, about, input ?? [])) inherited = keysProducedElsewhere(input ?? [], producers, about);
      else thread = match?.thread ?? recent.continuedBy(about);
    }
    if (thread === undefined) {
      thread = { ...about, calls: [], said: new Set(), inherited: inherited ?? new Set(), end: -Infinity };
      threads.push(thread);
    }
    const at = thread.calls.length;
    thread.calls.push({ call, input, output, inputKey: about.inputKey });
    thread.end = Math.max(thread.end, call.end ?? call.start ?? -Infinity);
    thread.conversationId ??= about.conversationId;
    for (const keyed of input ?? []) {
      if (keyed.role !== 'system') thread.said.add(keyed.key);
      if (keyed.part.type === 'tool_result') producers.add(lookUpKey(keyed), { thread, at });
    }
    for (const keyed of output ?? []) {
      thread.said.add(keyed.key);
      producers.add(keyed.key, { thread, at });
      if (keyed.part.type === 'tool_call' && keyed.part.id !== undefined) producers.add(callKey(keyed.part.id), { thread, at });
    }
    if (call.responseId !== undefined) byResponse.set(call.responseId, thread);
    unanswered.update(thread);
    recent.remember(thread, about);
  }
  return threads;
}

interface About extends Pick<Thread, 'conversationId' | 'traceId' | 'agent' | 'agentName' | 'parent' | 'firstUser' | 'systemKey'> {
  dialect: string;
  start: number | undefined;
  inputKey: string | undefined;
  keys: ReadonlySet<string> | undefined;
  /** Whether the request holds anything beside what the system and the user say; undefined where it is not known. */
  hasHistory: boolean | undefined;
  compacted: boolean;
}

function describe(call: ModelCall, input: Keyed[] | undefined, tree: SpanTree): About {
  return {
    conversationId: tree.conversationOf(call),
    traceId: call.origin.traceId,
    agent: tree.agentOf(call),
    agentName: call.agentName,
    parent: tree.parentOf(call),
    firstUser: input?.find((keyed) => keyed.role === 'user')?.key,
    systemKey: input?.find((keyed) => keyed.role === 'system')?.key,
    dialect: call.dialect,
    start: call.start,
    // Instructions alone are no request: the rest was not recorded.
    inputKey: input?.some(({ role }) => role !== 'system') === true ? inputKeyOf(input) : undefined,
    keys: input && new Set(input.filter((keyed) => keyed.role !== 'system').map((keyed) => keyed.key)),
    hasHistory: input?.some(({ role }) => role === 'assistant' || role === 'tool'),
    compacted: call.compacted === true,
  };
}

/** How many of the latest parts of an input are looked up before history gives no answer. */
const LOOK_BACK = 64;
/** A candidate must share the trace, or as much as that is worth. */
const ENOUGH = 4;

function findByHistory(input: readonly Keyed[], about: About, producers: ProducerIndex): Producer | undefined {
  for (let i = input.length - 1; i >= Math.max(0, input.length - LOOK_BACK); i--) {
    const keyed = input[i];
    if (keyed === undefined || (keyed.role !== 'assistant' && keyed.part.type !== 'tool_result')) continue;
    let best: Producer | undefined;
    let bestScore = 0;
    for (const producer of producers.candidates(lookUpKey(keyed), about.traceId)) {
      const shared = kinship(producer.thread, about, keyed);
      const score = shared + likelihood(producer, about);
      if (shared >= ENOUGH && score > bestScore) [best, bestScore] = [producer, score];
    }
    if (best !== undefined) return best;
  }
  return undefined;
}

/** A result is known by the call it answers, even where the request holds nothing else of the history. */
function lookUpKey({ part, key }: Keyed): string {
  return part.type === 'tool_result' && part.id !== undefined ? callKey(part.id) : key;
}

const callKey = (id: string): string => `call id ${id}`;

/** What a thread and a request share, weighed; below {@link ENOUGH} they are strangers that said the same thing. */
function kinship(thread: Thread, about: About, shared: Keyed): number {
  if (differ(thread.conversationId, about.conversationId)) return 0;
  let score = 0;
  if (same(thread.conversationId, about.conversationId)) score += 8;
  if (same(thread.traceId, about.traceId)) score += 4;
  if (same(thread.agent, about.agent)) score += 2;
  if (same(thread.firstUser, about.firstUser)) score += 3;
  if (isUniqueId(shared)) score += 6;
  const previous = thread.calls.at(-1);
  const grownBy = (about.keys?.size ?? 0) - thread.said.size;
  // Cross-trace chats without ids: the history must be the thread's own, from its first word to its last.
  if (previous?.input !== undefined && grownBy >= 0 && [...thread.said].every((key) => about.keys?.has(key))) score += 2;
  return score;
}

/** Where ids are used again (a replay, answers from a cache), a conversation goes on that waits for it, in one writer's words. */
function likelihood({ thread, at }: Producer, about: About): number {
  const isWaiting = thread.calls.length === at + 1 && !overlaps(thread, about);
  return (isWaiting ? 0.5 : 0) + (thread.calls[at]?.call.dialect === about.dialect ? 0.25 : 0);
}

/** The history was handed to another agent while its owner went on: two conversations from here. */
function isFork({ thread, at }: Producer, about: About, input: readonly Keyed[]): boolean {
  if (!differ(thread.agent, about.agent)) return false;
  if (thread.calls.length > at + 1) return true;
  // A hand-off knows the last thing its owner said, or answers the last thing it asked for.
  const said = thread.calls[at]?.output ?? [];
  const known = new Set(input.map(lookUpKey));
  const isKnown = ({ part, key }: Keyed): boolean =>
    known.has(key) || (part.type === 'tool_call' && part.id !== undefined && known.has(callKey(part.id)));
  return said.length > 0 && !said.some(isKnown);
}

function keysProducedElsewhere(input: readonly Keyed[], producers: ProducerIndex, about: About): Set<string> {
  return new Set(
    input
      .filter((keyed) => keyed.role === 'assistant' && producers.candidates(keyed.key, about.traceId).length > 0)
      .map((keyed) => keyed.key),
  );
}

/** Where parts were first said: the latest conversation of each trace, and a few others for traces of one call each. */
class ProducerIndex {
  readonly #inTrace = new Map<string, Map<string, Producer[]>>();
  readonly #latest = new Map<string, Producer[]>();

  add(key: string, producer: Producer): void {
    const trace = producer.thread.traceId ?? '';
    const inTrace = this.#inTrace.get(trace) ?? new Map<string, Producer[]>();
    this.#inTrace.set(trace, inTrace);
    inTrace.set(key, withLatest(inTrace.get(key) ?? [], producer, 16));
    this.#latest.set(key, withLatest(this.#latest.get(key) ?? [], producer, 8));
  }

  candidates(key: string, traceId: string | undefined): Producer[] {
    const latest = this.#latest.get(key);
    if (latest === undefined) return [];
    const inTrace = this.#inTrace.get(traceId ?? '')?.get(key) ?? [];
    return [...inTrace, ...latest.filter((producer) => !inTrace.includes(producer))].toReversed();
  }
}

/** The latest of each thread, the newest last. */
function withLatest(producers: Producer[], latest: Producer, kept: number): Producer[] {
  // A thread repeats its history in every request.
  if (producers.at(-1)?.thread !== latest.thread)
    return [...producers.filter(({ thread }) => thread !== latest.thread), latest].slice(-kept);
  producers[producers.length - 1] = latest;
  return producers;
}

/** Threads that a request without usable history may continue: same conversation, same agent, or a retry. */
class RecentThreads {
  readonly #byPlace = new Map<string, Thread[]>();

  remember(thread: Thread, about: About): void {
    for (const place of placesOf(about)) {
      const recent = this.#byPlace.get(place) ?? [];
      if (recent.at(-1) !== thread) this.#byPlace.set(place, [...recent.filter((other) => other !== thread), thread].slice(-32));
    }
  }

  continuedBy(about: About): Thread | undefined {
    for (const place of placesOf(about)) {
      for (const thread of (this.#byPlace.get(place) ?? []).toReversed()) {
        if (continues(thread, about)) return thread;
      }
    }
    return undefined;
  }
}

function placesOf({ conversationId, traceId, agent, parent }: About): string[] {
  return [
    ...(conversationId === undefined ? [] : [`conversation ${conversationId}`]),
    ...(agent === undefined ? [] : [`agent ${agent}`]),
    ...(traceId === undefined ? [] : [`trace ${traceId} ${parent ?? ''}`, `trace ${traceId}`]),
  ];
}

/** Clocks of one process: start times are whole milliseconds, end times are not. */
export const CLOCK_GRAIN_MS = 2;

const areStrangers = (thread: Thread, about: About): boolean =>
  differ(thread.conversationId, about.conversationId) || differ(thread.agent, about.agent) || differ(thread.agentName, about.agentName);

/** Two calls at the same time are two conversations, whatever else they share. */
const overlaps = (thread: Thread, about: About): boolean => about.start !== undefined && about.start + CLOCK_GRAIN_MS < thread.end;

/** One after the other in one trace or conversation, or each a trace of its own: nothing says that they are two. */
function mayPrecede(thread: Thread, about: About): boolean {
  if (areStrangers(thread, about) || overlaps(thread, about) || thread.calls.at(-1)?.call.dialect !== about.dialect) return false;
  const areAlone = thread.parent === undefined && about.parent === undefined;
  return areAlone || same(thread.traceId, about.traceId) || same(thread.conversationId, about.conversationId);
}

/** Ids lead to a conversation of another trace: one that has all of the request behind it, or one beside that of its own trace. */
function isLikelier(waiting: Thread, found: Thread, about: About): boolean {
  if (!differ(found.traceId, about.traceId)) return false;
  return same(waiting.traceId, about.traceId) || [...(about.keys ?? [])].every((key) => found.said.has(key));
}

/**
 * Some ids name a session of several conversations. Where requests repeat the history, one that holds none, after an
 * answer that asked for nothing more, begins the next.
 */
function beginsAnew(thread: Thread, { hasHistory, compacted }: About): boolean {
  if (hasHistory !== false || compacted) return false;
  const isOver = thread.calls.at(-1)?.output?.some(({ part }) => part.type === 'tool_call') === false;
  return isOver && thread.calls.some(({ input }) => input?.some(({ role }) => role === 'assistant'));
}

function continues(thread: Thread, about: About): boolean {
  if (areStrangers(thread, about)) return false;
  const previous = thread.calls.at(-1);
  if (about.inputKey !== undefined && previous?.inputKey === about.inputKey && same(thread.traceId, about.traceId)) return true;
  // Two calls at the same time are two conversations, whatever else they share.
  if (about.start !== undefined && about.start < thread.end) return false;
  if (same(thread.conversationId, about.conversationId)) return !beginsAnew(thread, about);
  if (!same(thread.traceId, about.traceId)) return false;
  if (about.keys === undefined || previous?.input === undefined)
    return same(thread.agent, about.agent) || same(thread.parent, about.parent);
  if (about.compacted) return true;
  // Without shared history, another system prompt is another conversation (a router before its worker).
  if (thread.systemKey !== about.systemKey) return false;
  if ([...about.keys].some((key) => thread.said.has(key))) return true;
  return same(thread.agent, about.agent);
}

const same = <T>(a: T | undefined, b: T | undefined): boolean => a !== undefined && a === b;
const differ = <T>(a: T | undefined, b: T | undefined): boolean => a !== undefined && b !== undefined && a !== b;

/**
 * By start; of those that start in the same millisecond, as fast ones do, the one with the longer history came later.
 * One whose start was lost comes before the first of its trace that holds as much.
 */
function inOrder(modelCalls: readonly ModelCall[]): ModelCall[] {
  const length = (call: ModelCall): number => call.input?.length ?? 0;
  const ordered = modelCalls.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0) || length(a) - length(b) || byTime(a, b));
  const lost = ordered.filter((call) => call.start === undefined);
  if (lost.length === 0 || lost.length === ordered.length) return ordered;
  const starts = new Map(ordered.map((call) => [call, call.start]));
  /** By trace: at n, the start of the first call that holds n messages or more. */
  const firstOfLength = new Map<string | undefined, number[]>();
  for (const call of ordered) {
    const { start, origin } = call;
    if (start === undefined) continue;
    const firsts = firstOfLength.get(origin.traceId) ?? [];
    firstOfLength.set(origin.traceId, firsts);
    while (firsts.length <= length(call)) firsts.push(start);
  }
  for (const call of lost) starts.set(call, firstOfLength.get(call.origin.traceId)?.[length(call)] ?? call.end ?? Infinity);
  return ordered.toSorted((a, b) => (starts.get(a) ?? 0) - (starts.get(b) ?? 0) || length(a) - length(b) || byTime(a, b));
}

/** By start, then end, then span id: the order of the input never matters where there are times. */
export function byTime(a: Observation, b: Observation): number {
  const byId = (): number => (a.start === undefined ? 0 : (a.origin.spanId ?? '').localeCompare(b.origin.spanId ?? ''));
  return (a.start ?? 0) - (b.start ?? 0) || (a.end ?? 0) - (b.end ?? 0) || byId();
}
