import { diag } from '@opentelemetry/api';
import { safely } from '../safely.ts';
import { sightings } from '../sightings.ts';
import type { Telemetry } from '../telemetry.ts';
import { loops, newLoop } from '../turns.ts';
import { traceRunnableTools } from '../tools/runnable.ts';
import type { Api } from './api.ts';
import { callBeingSent, ModelCall } from './call.ts';
import { chat } from './chat.ts';
import { embeddings } from './embeddings.ts';
import { observePromise } from './observe.ts';
import { responses } from './responses.ts';

/**
 * The places of the client that are wrapped, the same on a class's prototypes and on one client:
 * - `create` of chat completions, responses and embeddings: every helper (`parse`, `stream`, `runTools`) calls it.
 * - `makeRequest` of the client, the one promise all of its answers hang on: failures and retries are seen there
 *   without handling a rejection that is the app's to handle.
 * - `runTools`, whose tools are then spans of their own.
 */
type Method = (this: never, ...args: never[]) => unknown;
type Holder = Record<string, unknown>;

/** Marks a wrapper with what it wraps, across copies of this package: nothing is wrapped twice. */
const WRAPPED = Symbol.for('fanlight.wrapped');

/** The telemetry of clients that were instrumented by themselves; it goes before that of their class. */
const ofClient = new WeakMap<object, Telemetry>();

const ENDPOINTS: readonly { path: readonly string[]; api: Api }[] = [
  { path: ['chat', 'completions'], api: chat },
  { path: ['responses'], api: responses },
  { path: ['embeddings'], api: embeddings },
];
/** Version 4 has its helpers under `beta`. */
const RUNNERS: readonly (readonly string[])[] = [
  ['chat', 'completions'],
  ['beta', 'chat', 'completions'],
];

/** Known by their shape to work; a newer one is patched if its shape fits, and named once if not. */
const NEWEST_TESTED = 7;

interface Found {
  /** The object that has `makeRequest` and `withOptions`. */
  client: Holder;
  /** The resource at a path of the client. */
  resource(path: readonly string[]): Holder | undefined;
  version: string | undefined;
  file: string | undefined;
}

/** Patches one client; the same options go for the clients that its `withOptions` makes. */
export function patchClient(client: object, telemetry: Telemetry): void {
  ofClient.set(client, telemetry);
  const holder = client as Holder;
  const resource = (path: readonly string[]): Holder | undefined => walk(holder, path);
  patch({ client: holder, resource, version: versionOf(client.constructor), file: undefined }, telemetry);
  const { withOptions } = holder;
  if (typeof withOptions !== 'function' || WRAPPED in withOptions) return;
  define(
    holder,
    'withOptions',
    function (this: unknown, ...args: unknown[]) {
      const made: unknown = withOptions.apply(this, args);
      if (typeof made === 'object' && made !== null) safely('instrumenting a client', () => patchClient(made, telemetry));
      return made;
    },
    withOptions as Method,
  );
}

/** True for a client whose calls are traced, by itself or by its class. */
export function isInstrumented(client: object): boolean {
  const create = walk(client as Holder, ['chat', 'completions'])?.['create'];
  return typeof create === 'function' && WRAPPED in create;
}

/** Patches the client's class: every client made of it, before or after. */
export function patchClass(OpenAI: unknown, telemetry: Telemetry, version?: string, file?: string): boolean {
  if (typeof OpenAI !== 'function') return false;
  const resource = (path: readonly string[]): Holder | undefined =>
    walk(OpenAI as unknown as Holder, path.map(capitalized))?.['prototype'] as Holder | undefined;
  return patch({ client: OpenAI.prototype as Holder, resource, version: version ?? versionOf(OpenAI), file }, telemetry);
}

/** Takes the wrappers off again. */
export function unpatchClass(OpenAI: unknown): void {
  if (typeof OpenAI !== 'function') return;
  const Class = OpenAI as unknown as Holder & { prototype: Holder };
  for (const path of [...ENDPOINTS.map((endpoint) => endpoint.path), ...RUNNERS]) {
    const holder = walk(Class, path.map(capitalized))?.['prototype'] as Holder | undefined;
    for (const name of ['create', 'runTools']) if (holder !== undefined) restore(holder, name);
  }
  restore(Class.prototype, 'makeRequest');
}

function patch(found: Found, telemetry: Telemetry): boolean {
  const parts: string[] = [];
  for (const { path, api } of ENDPOINTS) {
    const holder = found.resource(path);
    if (holder !== undefined && wrap(holder, 'create', (original) => wrapCreate(original, api, telemetry))) parts.push(path.join('.'));
  }
  const canSee = parts.length > 0 && wrap(found.client, 'makeRequest', wrapRequest);
  for (const path of RUNNERS) {
    const holder = found.resource(path);
    if (holder !== undefined && wrap(holder, 'runTools', (original) => wrapRunTools(original, telemetry)))
      parts.push(`${path.join('.')}.runTools`);
  }
  if (!canSee || !parts.includes('chat.completions')) {
    const major = Number(found.version?.split('.')[0]);
    const which = found.version === undefined ? 'This client' : `openai ${found.version}`;
    const why =
      major > NEWEST_TESTED ? `is newer than what is known here (up to ${NEWEST_TESTED})` : 'has not the shape that is known here';
    warnOnce(`${which} ${why}; ${parts.length === 0 ? 'it is not traced' : `only ${parts.join(', ')} can be traced`}.`);
  }
  if (parts.length > 0) sightings.patched.push({ version: found.version, parts, file: found.file });
  return parts.length > 0;
}

function wrapCreate(original: Method, api: Api, telemetryOfClass: Telemetry): Method {
  return function (this: { _client?: object } & object, ...args: unknown[]) {
    const client = this._client ?? this;
    const call = safely('starting a span', () => {
      const telemetry = ofClient.get(client) ?? telemetryOfClass;
      const body = (args[0] ?? {}) as Record<string, unknown>;
      const withUsage = telemetry.settings.streamUsage ? api.withStreamUsage(body) : undefined;
      if (withUsage !== undefined) args[0] = withUsage;
      return ModelCall.start(api, telemetry, client, body);
    });
    const request = (): unknown => (original as (...args: unknown[]) => unknown).apply(this, args);
    if (call === undefined) return request();
    let promise: unknown;
    try {
      promise = call.send(request, client);
    } catch (error) {
      safely('ending a span', () => call.fail(error));
      throw error;
    }
    if (safely('observing a call', () => observePromise(promise, call)) !== true) safely('ending a span', () => call.abandon());
    return promise;
  } as Method;
}

function wrapRequest(original: Method): Method {
  return function (this: unknown, ...args: unknown[]) {
    const promise = (original as (...args: unknown[]) => unknown).apply(this, args);
    if (!(promise instanceof Promise)) return promise;
    if (typeof args[1] === 'number') return countRetry(promise);
    const call = callBeingSent();
    if (call === undefined || call.isSent) return promise;
    call.isSent = true;
    // The derived promise takes the place of the client's own: who handles it, and whether anybody does, is as before.
    return promise.then(
      (response: unknown) => {
        safely('noting a response', () => call.noteResponse(retriesBefore(response)));
        return response;
      },
      (error: unknown) => {
        safely('ending a span', () => call.fail(error, retriesBefore(error)));
        throw error;
      },
    );
  } as Method;
}

/** How often was tried again before the client got this response or error. */
const retries = new WeakMap<object, number>();

const retriesBefore = (outcome: unknown): number => retries.get(outcome as object) ?? 0;

/** A retry calls `makeRequest` with the number of tries left, and what it settles with, the try before it settles with. */
function countRetry(promise: Promise<unknown>): Promise<unknown> {
  const count = (outcome: unknown): void =>
    void safely('counting a retry', () => retries.set(outcome as object, retriesBefore(outcome) + 1));
  return promise.then(
    (response) => {
      count(response);
      return response;
    },
    (error: unknown) => {
      count(error);
      throw error;
    },
  );
}

function wrapRunTools(original: Method, telemetryOfClass: Telemetry): Method {
  return function (this: { _client?: object } & object, body: unknown, ...rest: unknown[]) {
    const telemetry = ofClient.get(this._client ?? this) ?? telemetryOfClass;
    const traced = safely('wrapping tools', () => traceRunnableTools(body, telemetry)) ?? body;
    const run = (): unknown => (original as (...args: unknown[]) => unknown).call(this, traced, ...rest);
    // Its turns and tools are one loop, unless a run holds them already.
    return loops.getStore() === undefined ? loops.run(newLoop(), run) : run();
  } as Method;
}

/** False where there is no such method. A method that is wrapped already stays as it is. */
function wrap(holder: Holder, name: string, wrapper: (original: Method) => Method): boolean {
  const original = holder[name];
  if (typeof original !== 'function') return false;
  if (!(WRAPPED in original)) define(holder, name, wrapper(original as Method), original as Method);
  return true;
}

function define(holder: Holder, name: string, wrapped: Method, original: Method): void {
  Object.defineProperty(wrapped, WRAPPED, { value: { original, isOwn: Object.hasOwn(holder, name) } });
  Object.defineProperty(wrapped, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapped, 'length', { value: original.length, configurable: true });
  Object.defineProperty(holder, name, { value: wrapped, enumerable: false, configurable: true, writable: true });
}

function restore(holder: Holder, name: string): void {
  const wrapped = holder[name] as { [WRAPPED]?: { original: Method; isOwn: boolean } } | undefined;
  const before = wrapped?.[WRAPPED];
  if (before === undefined || !Object.hasOwn(holder, name)) return;
  if (before.isOwn) Object.defineProperty(holder, name, { value: before.original, enumerable: false, configurable: true, writable: true });
  else delete holder[name];
}

function walk(from: Holder, path: readonly string[]): Holder | undefined {
  let at: unknown = from;
  for (const step of path) at = at === null || (typeof at !== 'object' && typeof at !== 'function') ? undefined : (at as Holder)[step];
  return (typeof at === 'object' && at !== null) || typeof at === 'function' ? (at as Holder) : undefined;
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The client tells its version in the headers it sends. */
function versionOf(OpenAI: unknown): string | undefined {
  const agent: unknown = safely('reading a version', () => {
    const { getUserAgent } = (OpenAI as { prototype: { getUserAgent?: () => unknown } }).prototype;
    return getUserAgent?.call({ constructor: OpenAI });
  });
  return typeof agent === 'string' ? /\d+\.\d+\.\d+\S*/u.exec(agent)?.[0] : undefined;
}

const warned = new Set<string>();

function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  sightings.warnings.push(message);
  diag.warn(`fanlight: ${message}`);
}
