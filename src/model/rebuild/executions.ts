import { canonicalJson } from '../canonical.ts';
import type { ToolExecution } from '../observation.ts';
import type { ToolCall, Turn } from '../run.ts';
import { byTime, CLOCK_GRAIN_MS, type Thread } from './threads.ts';
import type { Timeline } from './timeline.ts';
import { numberBatch } from './timeline.ts';
import type { SpanTree } from './tree.ts';

/** A conversation with its timeline, for joining tool spans to it. */
export interface Conversation {
  thread: Thread;
  timeline: Timeline;
}

interface Candidate {
  call: ToolCall;
  turn: Turn;
  conversation: Conversation;
}

/**
 * Joins tool spans to the calls that asked for them: by call id where there is one, else by name, arguments
 * and order; among several, by ancestry and time. Tool spans of model calls without recorded content become
 * the calls of the model call before them.
 */
export function joinExecutions(executions: readonly ToolExecution[], conversations: readonly Conversation[], tree: SpanTree): void {
  const byId = new Map<string, Candidate[]>();
  const byName = new Map<string, Candidate[]>();
  const push = (index: Map<string, Candidate[]>, key: string, candidate: Candidate): void => {
    const list = index.get(key);
    if (list === undefined) index.set(key, [candidate]);
    else list.push(candidate);
  };
  for (const conversation of conversations) {
    for (const turn of conversation.timeline.turns) {
      for (const call of turn.calls) {
        const candidate = { call, turn, conversation };
        const id = conversation.timeline.providerIds.get(call);
        const place = conversation.thread.traceId ?? '';
        if (id !== undefined) for (const key of [id, `${place} ${id}`]) push(byId, key, candidate);
        for (const key of [call.name, `${place} ${call.name}`]) push(byName, key, candidate);
      }
    }
  }

  const byTrace = new Map<string, Conversation[]>();
  for (const conversation of conversations) {
    const place = conversation.thread.traceId ?? '';
    byTrace.set(place, [...(byTrace.get(place) ?? []), conversation]);
  }

  const joined = new Set<ToolCall>();
  for (const execution of executions.toSorted(byTime)) {
    const place = execution.origin.traceId ?? '';
    const { callId, name } = execution;
    const candidates = callId !== undefined ? (byId.get(`${place} ${callId}`) ?? byId.get(callId)) : (byName.get(`${place} ${name}`) ?? []);
    const match = best(execution, candidates ?? [], joined, tree);
    if (match !== undefined) {
      joined.add(match.call);
      fill(match.call, execution);
    } else {
      adopt(execution, byTrace.get(place) ?? [], joined, tree);
    }
  }
}

function best(
  execution: ToolExecution,
  candidates: readonly Candidate[],
  joined: ReadonlySet<ToolCall>,
  tree: SpanTree,
): Candidate | undefined {
  let found: Candidate | undefined;
  let foundScore = -Infinity;
  const agrees = execution.callId === undefined ? argumentsMatcher(execution.arguments) : () => true;
  for (const candidate of candidates) {
    const { call, turn, conversation } = candidate;
    if (joined.has(call)) continue;
    const isSameCall = agrees(call.arguments);
    if (isSameCall === false) continue;
    let score = kinship(execution, turn, conversation, tree) + (isSameCall === true ? 1 : 0);
    if (startsBefore(execution, turn)) {
      // Another host's clock may be off: what the id or the arguments say outweighs the time.
      if (isSameCall === undefined) continue;
      score -= IMPLAUSIBLE;
    }
    // Of equal candidates with times the latest turn asked for it; within a turn, the first listed.
    if (turn.start !== undefined && execution.start !== undefined) score += turn.index / 1e6;
    else score -= turn.index / 1e6;
    if (score > foundScore) [found, foundScore] = [candidate, score];
  }
  return found;
}

const IMPLAUSIBLE = 100;

/**
 * Whether a call's arguments are those recorded; undefined where one of the two tells nothing. Text for an object is
 * its only value, or what a writer made of it, which could be anything.
 */
function argumentsMatcher(recorded: unknown): (asked: unknown) => boolean | undefined {
  if (recorded === undefined) return () => undefined;
  const wanted = canonicalJson(recorded);
  return (asked) => {
    if (asked === undefined) return undefined;
    if (canonicalJson(asked) === wanted) return true;
    if (typeof recorded !== 'string' || typeof asked !== 'object' || asked === null) return false;
    const [value, ...others] = Object.values(asked);
    return value === recorded && others.length === 0 ? true : undefined;
  };
}

/** A tool cannot have run before the model was even asked; the model span's end proves nothing (it may last until the tools end). */
function startsBefore(execution: ToolExecution, turn: Turn): boolean {
  return execution.start !== undefined && turn.start !== undefined && execution.start + CLOCK_GRAIN_MS < turn.start;
}

function kinship(execution: ToolExecution, turn: Turn, { thread }: Conversation, tree: SpanTree): number {
  let score = 0;
  const { traceId, parentSpanId } = execution.origin;
  if (traceId !== undefined && traceId === turn.traceId) score += 4;
  if (parentSpanId !== undefined && parentSpanId === turn.spanId) score += 8;
  const agent = tree.agentOf(execution);
  if (agent !== undefined && agent === thread.agent) score += 4;
  if (thread.parent !== undefined && tree.parentOf(execution) === thread.parent) score += 2;
  if (execution.conversationId !== undefined && execution.conversationId === thread.conversationId) score += 4;
  return score;
}

function fill(call: ToolCall, execution: ToolExecution): void {
  call.ran = true;
  if (execution.start !== undefined) call.start = execution.start;
  if (execution.end !== undefined) call.end = execution.end;
  if (execution.origin.spanId !== undefined) call.spanId = execution.origin.spanId;
  if (execution.origin.traceId !== undefined) call.traceId = execution.origin.traceId;
  if (execution.speculative === true) call.speculative = true;
  if (execution.waits !== undefined) call.waits = execution.waits;
  call.arguments ??= execution.arguments;
  const failed = execution.error !== undefined;
  if (call.result === undefined) {
    if (execution.result !== undefined || failed) call.result = { content: execution.result ?? execution.error, error: failed };
  } else if (failed) {
    call.result.error = true;
  }
}

/** With content capture off the model spans name no calls; the tool spans after each of them are its batch. */
function adopt(execution: ToolExecution, conversations: readonly Conversation[], joined: Set<ToolCall>, tree: SpanTree): void {
  let owner: { turn: Turn; conversation: Conversation } | undefined;
  let ownerScore = 0;
  for (const conversation of conversations) {
    for (const turn of conversation.timeline.turns) {
      const namesItsCalls = turn.calls.some((call) => !joined.has(call)) || (turn.captured && turn.calls.length === 0);
      if (turn.captured || namesItsCalls || startsBefore(execution, turn)) continue;
      const score = kinship(execution, turn, conversation, tree) + turn.index / 1e6;
      if (score > ownerScore) [owner, ownerScore] = [{ turn, conversation }, score];
    }
  }
  if (owner === undefined) return;
  const { turn, conversation } = owner;
  const call: ToolCall = {
    id: execution.callId ?? '',
    name: execution.name,
    arguments: undefined,
    origin: 'model',
    speculative: false,
    pending: false,
    turn: turn.index,
    choice: 0,
    index: 0,
    batchSize: 1,
    ran: true,
  };
  fill(call, execution);
  turn.calls.push(call);
  joined.add(call);
  if (execution.callId !== undefined) conversation.timeline.providerIds.set(call, execution.callId);
  numberBatch(turn);
}
