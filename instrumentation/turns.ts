import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, SpanContext } from '@opentelemetry/api';
import type { Telemetry } from './telemetry.ts';

/** A tool call as the model made it: name and arguments as text. */
export interface EmittedCall {
  id: string | undefined;
  name: string;
  arguments: string;
}

/** One model call that emitted tool calls which may be run now. */
export interface Turn {
  telemetry: Telemetry;
  spanContext: SpanContext;
  /** Where further turns of the same conversation belong, if no span of the app's is active then. */
  root: Context;
  conversationId: string | undefined;
  loop: Loop | undefined;
}

/** An agent's loop that is known as such: a run, or a tool runner of the client. */
export interface Loop {
  conversationId: string | undefined;
  modelCalls: number;
  toolCalls: number;
  inputTokens: number;
  outputTokens: number;
}

export const loops: AsyncLocalStorage<Loop> = new AsyncLocalStorage<Loop>();

export const newLoop = (conversationId?: string): Loop => ({
  conversationId,
  modelCalls: 0,
  toolCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
});

export interface PendingCall extends EmittedCall {
  turn: Turn;
  index: number;
  batchSize: number;
}

/** Calls of conversations that never went on are forgotten, the oldest first. */
const KEPT = 20_000;

const byId = new Map<string, PendingCall>();
const unclaimed = new Map<string, Set<PendingCall>>();
let unclaimedCount = 0;

/** Remembers what a model asked for, until it is run or the conversation goes on. */
export function expectCalls(turn: Turn, calls: readonly EmittedCall[]): void {
  calls.forEach((call, index) => {
    const pending: PendingCall = { ...call, turn, index, batchSize: calls.length };
    if (call.id !== undefined) {
      // A provider may use an id again: the newest holder of it is meant.
      byId.delete(call.id);
      byId.set(call.id, pending);
      if (byId.size > KEPT) byId.delete(byId.keys().next().value as string);
    }
    const sameName = unclaimed.get(call.name) ?? new Set();
    sameName.add(pending);
    unclaimed.set(call.name, sameName);
    if (++unclaimedCount > KEPT) forgetOldest();
  });
}

/** The turn that a request goes on from, by the id of a call it answers. */
export function turnOf(callId: string): Turn | undefined {
  return byId.get(callId)?.turn;
}

/** The conversation goes on: what of these calls was not run through us is run no more. */
export function settleCalls(callIds: Iterable<string>): void {
  for (const id of callIds) {
    const pending = byId.get(id);
    if (pending !== undefined) take(pending);
  }
}

/**
 * The call that is being run: by its id where it is known, else by name and arguments among those not yet run, in
 * the same loop or trace first. Where two conversations fit alike, none is named.
 */
export function claimCall(id: string | undefined, name: string, args: unknown, traceId: string | undefined): PendingCall | undefined {
  const known = id === undefined ? undefined : byId.get(id);
  if (known !== undefined) {
    take(known);
    return known;
  }
  if (id !== undefined) return undefined;
  const loop = loops.getStore();
  const open = [...(unclaimed.get(name) ?? [])];
  const near = open.filter(({ turn }) => (loop !== undefined && turn.loop === loop) || turn.spanContext.traceId === traceId);
  const candidates = near.length > 0 || loop !== undefined ? near : open;
  const same = candidates.filter((call) => sameArguments(call.arguments, args));
  // A parser may have filled in defaults: a call that is alone needs no proof.
  const fitting = same.length > 0 ? same : candidates.length === 1 ? candidates : [];
  const [first] = fitting;
  if (first === undefined || fitting.some(({ turn }) => turn !== first.turn)) return undefined;
  take(first);
  return first;
}

function take(call: PendingCall): void {
  const sameName = unclaimed.get(call.name);
  if (sameName?.delete(call) !== true) return;
  unclaimedCount--;
  if (sameName.size === 0) unclaimed.delete(call.name);
}

function forgetOldest(): void {
  const [, oldest] = unclaimed.entries().next().value as [string, Set<PendingCall>];
  const call = oldest.values().next().value;
  if (call !== undefined) take(call);
}

/** True for the same JSON, be it text or value. */
export function sameArguments(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  try {
    return canonical(valueOf(one)) === canonical(valueOf(other));
  } catch {
    return false;
  }
}

const valueOf = (args: unknown): unknown =>
  typeof args === 'string' ? (args.trim() === '' ? {} : (JSON.parse(args) as unknown)) : (args ?? {});

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The tool that a call id belongs to, where the model call that made it was seen. */
export const toolOf = (callId: unknown): string | undefined => (typeof callId === 'string' ? byId.get(callId)?.name : undefined);
