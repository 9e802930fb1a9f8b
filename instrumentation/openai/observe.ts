import { safely } from '../safely.ts';
import type { ModelCall } from './call.ts';

/**
 * Observing what the client returns without touching it: the app gets the client's own promise, its own stream.
 * An `APIPromise` reads the response's body when it is first awaited, and reading it early or twice breaks
 * `.parse()` and `.withResponse()`; so its parser is wrapped on the instance, and runs when the app asks.
 */
interface ApiPromise {
  parseResponse: Parser;
  /** What the app awaits, once it has asked for the answer. */
  parsedPromise?: unknown;
  _thenUnwrap?: (transform: (data: unknown, props: unknown) => unknown) => unknown;
}

interface Parser {
  (...args: unknown[]): unknown;
  [READER]?: Reader;
}

/** On a wrapped parser: who waits for it. */
const READER = Symbol('fanlight.reader');

interface ApiStream {
  iterator: () => AsyncIterator<unknown>;
  controller?: AbortController;
}

/**
 * What can still read an answer holds this: the promise may be collected while its response is on the way and
 * the parser, alone, waits for it.
 */
interface Reader {
  call: ModelCall;
}

/** End the spans of what nothing can read any more. A closure as the held value would hold its reader too. */
const unreadAnswers = new FinalizationRegistry<ModelCall>((call) => call.isRead || safely('ending a span', () => call.abandon()));
const unreadStreams = new FinalizationRegistry<ModelCall>((call) => safely('ending a span', () => call.abandonStream()));

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

const isApiPromise = (value: unknown): value is ApiPromise =>
  typeof value === 'object' && value !== null && typeof (value as ApiPromise).parseResponse === 'function';

const isStream = (value: unknown): value is ApiStream =>
  typeof value === 'object' && value !== null && typeof (value as ApiStream).iterator === 'function';

/** False where the client returned something of another shape, which stays unobserved. */
export function observePromise(promise: unknown, call: ModelCall): boolean {
  if (!isApiPromise(promise)) return false;
  const reader = { call };
  watchParser(promise, reader);
  watchBareResponses(Object.getPrototypeOf(promise) as object);
  const watchUnread = (): void => unreadAnswers.register(reader, call);
  // At the response, if nobody has asked for it by then; at once where its coming is not seen.
  if (call.isSent) call.onResponse = () => promise.parsedPromise ?? watchUnread();
  else watchUnread();
  return true;
}

const watchedClasses = new WeakSet<object>();

/** Whoever takes the bare response may never have it parsed: unless parsing has begun, this is the end. */
function watchBareResponses(prototype: { asResponse?: () => Promise<unknown> }): void {
  if (watchedClasses.has(prototype)) return;
  watchedClasses.add(prototype);
  const { asResponse } = prototype;
  if (typeof asResponse !== 'function') return;
  replace(prototype, 'asResponse', function (this: ApiPromise) {
    const response = asResponse.call(this);
    const call = this.parseResponse[READER]?.call;
    if (call === undefined) return response;
    return response.then((taken) => {
      setImmediate(() => call.isRead || safely('ending a span', () => call.abandon())).unref();
      return taken;
    });
  });
}

function watchParser(promise: ApiPromise, reader: Reader): void {
  const { parseResponse, _thenUnwrap: thenUnwrap } = promise;
  const parse: Parser = function (this: unknown, ...args: unknown[]) {
    reader.call.isRead = true;
    const parsed = parseResponse.apply(this, args);
    return isThenable(parsed) ? observed(parsed, reader.call) : see(parsed, reader.call);
  };
  parse[READER] = reader;
  promise.parseResponse = parse;
  // Since 7.5x these promises carry their own `_thenUnwrap`, which passes the parser by; before, it calls it.
  if (thenUnwrap === undefined || !Object.hasOwn(promise, '_thenUnwrap')) return;
  replace(promise, '_thenUnwrap', function (this: unknown, transform: (data: unknown, props: unknown) => unknown) {
    const unwrapped = thenUnwrap.call(this, (data, props) => {
      see(data, reader.call);
      return transform(data, props);
    });
    if (isApiPromise(unwrapped)) safely('observing a promise', () => watchFailure(unwrapped, reader));
    return unwrapped;
  });
}

/** A derived promise: what it makes of the answer is the app's; that reading failed is the call's. */
function watchFailure(promise: ApiPromise, reader: Reader): void {
  const { parseResponse } = promise;
  promise.parseResponse = function (this: unknown, ...args: unknown[]) {
    reader.call.isRead = true;
    const parsed = parseResponse.apply(this, args);
    if (!isThenable(parsed)) return parsed;
    return parsed.then(undefined, (error: unknown) => {
      safely('ending a span', () => reader.call.fail(error));
      throw error;
    });
  };
}

const observed = (parsed: PromiseLike<unknown>, call: ModelCall): PromiseLike<unknown> =>
  parsed.then(
    (data) => see(data, call),
    (error: unknown) => {
      safely('ending a span', () => call.fail(error));
      throw error;
    },
  );

function see(data: unknown, call: ModelCall): unknown {
  safely('observing an answer', () => {
    if (isStream(data)) observeStream(data, call);
    else call.finish(data);
  });
  return data;
}

const watched = new WeakSet<object>();

function observeStream(stream: ApiStream, call: ModelCall): void {
  if (watched.has(stream)) return;
  watched.add(stream);
  const { iterator: open, controller } = stream;
  const reader = { call };
  let isTaken = false;
  stream.iterator = function (this: unknown) {
    const iterator = open.call(this);
    // A second reading fails in the client, by its own error.
    if (!isTaken) safely('observing a stream', () => observeIterator(iterator, reader, controller));
    isTaken = true;
    return iterator;
  };
  unreadStreams.register(reader, call);
}

/** Wraps the iterator's own methods: it stays the generator that it is. */
function observeIterator(iterator: AsyncIterator<unknown>, reader: Reader, controller: AbortController | undefined): void {
  const { next, return: close, throw: fail } = iterator;
  const end = (isAborted: boolean): void => void safely('ending a span', () => reader.call.endStream(isAborted));
  const read = <T extends IteratorResult<unknown>>(result: T): T => {
    if (result.done === true) end(controller?.signal.aborted === true);
    else safely('observing a chunk', () => reader.call.noteChunk(result.value));
    return result;
  };
  const failed = (error: unknown): never => {
    safely('ending a span', () => reader.call.fail(error));
    throw error;
  };
  replace(iterator, 'next', (value: undefined) => next.call(iterator, value).then(read, failed));
  if (close !== undefined) {
    replace(iterator, 'return', (value?: unknown) => {
      const closed = close.call(iterator, value);
      return closed.then((result) => {
        end(true);
        return result;
      }, failed);
    });
  }
  if (fail !== undefined) {
    replace(iterator, 'throw', async (error?: unknown) => {
      return fail.call(iterator, error).then(read, failed);
    });
  }
}

/** Own, and not enumerable unless it was: an app that prints or compares the object sees no difference. */
function replace(target: object, name: string, value: unknown): void {
  const enumerable = Object.getOwnPropertyDescriptor(target, name)?.enumerable ?? false;
  Object.defineProperty(target, name, { value, enumerable, configurable: true, writable: true });
}
