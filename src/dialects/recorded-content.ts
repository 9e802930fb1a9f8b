import { unfingerprint } from '../text/unfingerprint.ts';
import { asNumber, asString, isObject, parseIfJson } from './json.ts';
import { spanKey, type Attributes, type Span } from './span.ts';

/**
 * Content as fanlight's own instrumentation may record it (docs/instrumentation.md): as fingerprints, and each
 * message once a conversation, the rest by reference to the model call before.
 */
const CONTENT = 'fanlight.content';
const BASE = 'fanlight.input.base';
const BASE_TRACE = 'fanlight.input.base_trace';
const KEPT = 'fanlight.input.kept';
const ANSWER = 'fanlight.input.answer';
const INPUT = 'gen_ai.input.messages';
const OUTPUT = 'gen_ai.output.messages';
/** Attributes of a request that are written only where they change. */
const SETTLED = ['gen_ai.system_instructions', 'gen_ai.tool.definitions'];
const FINGERPRINTED = [INPUT, OUTPUT, ...SETTLED, 'gen_ai.tool.call.arguments', 'gen_ai.tool.call.result'];

/** Fingerprints become the pseudonyms they stand for. */
export function readFingerprints(span: Span): void {
  if (span.attributes[CONTENT] !== 'fingerprint') return;
  for (const key of FINGERPRINTED) {
    const value = span.attributes[key];
    if (value !== undefined) span.attributes[key] = unfingerprint(parseIfJson(value));
  }
  if (span.status.message !== undefined) span.status = { ...span.status, message: String(unfingerprint(span.status.message)) };
}

/** True for a model call that others may refer to, or that refers to one. */
export const isPartOfChain = ({ attributes }: Span): boolean => {
  const mode = attributes[CONTENT];
  return (mode === 'delta' || mode === 'fingerprint') && (attributes[INPUT] !== undefined || attributes[BASE] !== undefined);
};

/**
 * Puts the inputs of delta recording together again, in place.
 *
 * @param spans the model calls of all chains, in any order
 * @returns those that go on from one that is not among them: their input stays unknown, and that of all after them
 */
export function joinChains(spans: readonly Span[]): Span[] {
  const byId = new Map(spans.map((span) => [spanKey(span.traceId, span.spanId), span]));
  const inputs = new Map<Span, unknown[] | undefined>();
  const lost: Span[] = [];
  for (const span of spans) {
    // From the span back to the nearest input that is known, then forward again: chains are long, recursion is not.
    const chain = new Set<Span>();
    for (let at: Span | undefined = span; at !== undefined && !inputs.has(at) && !chain.has(at); at = baseOf(at, byId)) chain.add(at);
    for (const link of [...chain].toReversed()) inputs.set(link, inputOf(link, baseOf(link, byId), inputs));
  }
  for (const span of spans) {
    const input = inputs.get(span);
    if (span.attributes[BASE] !== undefined) span.attributes[INPUT] = input;
    if (input === undefined && span.attributes[BASE] !== undefined && baseOf(span, byId) === undefined) lost.push(span);
  }
  return lost;
}

/** A model call whose input is whole, as one that calls of other traces may go on from; undefined where none can. */
export function asBase(span: Span): Span | undefined {
  if (!isPartOfChain(span) || span.attributes[INPUT] === undefined) return undefined;
  const attributes: Attributes = {};
  for (const key of [CONTENT, INPUT, OUTPUT, ...SETTLED]) attributes[key] = span.attributes[key];
  return { ...span, attributes };
}

/** Key of the call in another trace that this one goes on from. */
export function baseElsewhere({ attributes }: Span): string | undefined {
  const [base, trace] = [asString(attributes[BASE]), asString(attributes[BASE_TRACE])];
  return base === undefined || trace === undefined ? undefined : spanKey(trace, base);
}

function baseOf({ attributes, traceId }: Span, byId: ReadonlyMap<string, Span>): Span | undefined {
  const base = asString(attributes[BASE]);
  return base === undefined ? undefined : byId.get(spanKey(asString(attributes[BASE_TRACE]) ?? traceId, base));
}

function inputOf(span: Span, base: Span | undefined, inputs: ReadonlyMap<Span, unknown[] | undefined>): unknown[] | undefined {
  const own = listOf(span.attributes[INPUT]);
  if (span.attributes[BASE] === undefined) return own;
  const before = base === undefined ? undefined : inputs.get(base);
  if (base === undefined || before === undefined || own === undefined) return undefined;
  inherit(span.attributes, base.attributes);
  const choice = asNumber(span.attributes[ANSWER]);
  const answer = choice === undefined ? undefined : listOf(base.attributes[OUTPUT])?.[choice];
  if (choice !== undefined && !isObject(answer)) return undefined;
  const said = isObject(answer) ? [{ role: answer['role'], parts: answer['parts'] }] : [];
  return [...before.slice(0, asNumber(span.attributes[KEPT]) ?? 0), ...said, ...own];
}

function inherit(attributes: Attributes, base: Attributes): void {
  for (const key of SETTLED) if (attributes[key] === undefined && base[key] !== undefined) attributes[key] = base[key];
}

function listOf(value: unknown): unknown[] | undefined {
  const list = parseIfJson(value);
  return Array.isArray(list) ? list : undefined;
}
