import type { ContentAttributes } from './dialect.ts';
import { parseHistory } from './histories.ts';
import { spanDialects } from './index.ts';
import { parseIfJson } from './json.ts';
import { breaksOff, type Parse } from './json-end.ts';
import type { Attributes, Span } from './span.ts';

/**
 * Backends and SDKs cut attribute values at a limit: Tempo at 2,048 bytes by default. What is cut is taken out, so
 * that it counts as not recorded: half a list of messages would show calls without their results, and half a result
 * would show nothing of what was used of it.
 */
const TEMPO_LIMIT = 2048;

const INSTRUCTIONS = 'gen_ai.system_instructions';
const INPUT = 'gen_ai.input.messages';
const named = (kind: keyof ContentAttributes): string[] => spanDialects.flatMap(({ content }) => content[kind] ?? []);
const LISTS = named('json');
const VALUES = named('text');
const FLATTENED = named('flattened');
const CONTENT_EVENT = /^gen_ai\.(?!.*exception$)/u;

/** How the content of an attribute is held; undefined for any other attribute. */
const FORMS: ReadonlyMap<string, 'list' | 'value'> = new Map([
  ...LISTS.map((key) => [key, 'list'] as const),
  ...VALUES.map((key) => [key, 'value'] as const),
]);
const VALUE_KEY = /value$/u;

/** The lengths, in bytes, at which content of the span was cut. That content is gone from the span afterwards. */
export function removeCut(span: Span): number[] {
  const { attributes } = span;
  const cuts: number[] = [];
  const parse = (text: string): unknown => parseHistory(text, span.traceId);
  const isCut = (value: unknown, isJson: boolean, isHistory = false): boolean => {
    const at =
      typeof value === 'string' ? cutAt(value, isJson, isHistory ? parse : parseIfJson, () => isLongest(value, attributes)) : undefined;
    if (at !== undefined) cuts.push(at);
    return at !== undefined;
  };
  const keys = Object.keys(attributes);
  const lost: string[] = [];
  for (const key of keys) {
    const form = FORMS.get(key);
    if (form === undefined) continue;
    const isJson = form === 'list' || (VALUE_KEY.test(key) && attributes[key.replace(VALUE_KEY, 'mime_type')] === 'application/json');
    if (isCut(attributes[key], isJson, key === INPUT)) lost.push(key);
  }
  // What the instructions gave is what nobody else need have given.
  if (lost.includes(INSTRUCTIONS)) lost.push(INPUT);
  for (const key of lost) attributes[key] = null;
  for (const prefix of FLATTENED) {
    const parts = keys.filter((key) => key.startsWith(prefix));
    if (parts.filter((key) => isCut(attributes[key], false)).length === 0) continue;
    for (const key of parts) delete attributes[key];
    // Nothing is known of it any more, but that there was something.
    attributes[prefix] = null;
  }
  const holdsCut = (content: Attributes): boolean =>
    Object.entries(content).filter(([key, value]) => isCut(value, LISTS.includes(key))).length > 0;
  const events = span.events.filter(({ name }) => CONTENT_EVENT.test(name));
  if (events.filter(({ attributes: content }) => holdsCut(content)).length > 0)
    span.events = span.events.filter((event) => !events.includes(event));
  return cuts;
}

/** Nothing in a span is longer than the limit it was cut at. */
const isLongest = (text: string, attributes: Attributes): boolean =>
  Object.values(attributes).every((value) => typeof value !== 'string' || value.length <= text.length);

/** The length at which a text was cut; undefined for one that seems whole. */
function cutAt(text: string, isJson: boolean, parse: Parse, isLongestOfAll: () => boolean): number | undefined {
  if (isJson ? /^\s*[[{]/u.test(text) && !breaksOff(text, parse) : text.length < SHORTEST_LIMIT) return undefined;
  // A character that was cut in two is read as one or more that stand for no character.
  const whole = text.endsWith('\uFFFD') ? text.replace(/\uFFFD{1,3}$/u, '') : text;
  const bytes = Buffer.byteLength(whole) + text.length - whole.length;
  const isAscii = bytes === text.length;
  const isNear = (limit: number): boolean => bytes === limit || (!isAscii && bytes < limit && bytes > limit - 4);
  if (/^\s*[[{]/u.test(text)) {
    const isAtLimit = isJson || [0, 1, 2, 3].some((missing) => isUsualLimit(bytes + (isAscii ? 0 : missing))) || isUsualLimit(text.length);
    return isAtLimit && breaksOff(text, parse) ? bytes : undefined;
  }
  return isNear(TEMPO_LIMIT) || ((isUsualLimit(bytes) || isUsualLimit(text.length)) && isLongestOfAll()) ? bytes : undefined;
}

const SHORTEST_LIMIT = 128;

const isUsualLimit = (length: number): boolean =>
  length >= SHORTEST_LIMIT && ((length & (length - 1)) === 0 || length % 1000 === 0 || length % 1024 === 0 || length === 4095);
