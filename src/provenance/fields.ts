import { keyWords } from './leaves.ts';
import { rememberedText } from '../text/remembered.ts';
import { stemmed } from '../text/tokens.ts';

/** Words that say that a field names something, not what. */
const NAMING = /\b(?:id|ids|ref|reference|number|no|code|key|token|uuid|guid|identifier|handle|slug|sku|email|vin|iban)$/u;

/** True for `order_id`, `caseRef`, `phoneNumber`: a key whose value identifies one thing. */
export const namesThing: (key: string) => boolean = rememberedText((key) => NAMING.test(keyWords(key)));

/** Words that occur in the keys of any two records. */
const GENERIC = new Set([
  'id',
  'ref',
  'reference',
  'number',
  'no',
  'code',
  'key',
  'token',
  'name',
  'type',
  'status',
  'value',
  'date',
  'time',
  'at',
  'of',
  'the',
  'new',
  'old',
  'or',
  'and',
  'is',
  'has',
]);

/**
 * What a field is called in full: `id` of an element of `slots` is the slot id.
 *
 * @param path JSON path of the leaf
 * @param key its last name
 */
export function fieldName(path: string, key: string): string {
  const words = keyWords(key);
  if (!GENERIC.has(words)) return words;
  const names = [...path.matchAll(/\.(?<plain>\w+)|\["(?<quoted>[^"]*)"\]/gu)].map(
    ({ groups }) => groups?.['plain'] ?? groups?.['quoted'] ?? '',
  );
  const parent = names.at(-2);
  return parent === undefined ? words : `${keyWords(parent).replace(/(?<=\w{2})s$/u, '')} ${words}`;
}

/** True when an argument's key and a result's field mean the same: `slotId` and `slot_id`, or the `id` of a slot. */
export function isSameField(argumentKey: string, path: string, key: string): boolean {
  const wanted = keyWords(argumentKey);
  return key !== '' && wanted !== '' && (wanted === keyWords(key) || wanted === fieldName(path, key));
}

/** True when the two share a word that says what they are about: `flight` and `flight_number`. */
export function isRelatedField(argumentKey: string, path: string, key: string): boolean {
  const telling = (words: string): string[] =>
    words
      .split(' ')
      .filter((word) => word !== '' && !GENERIC.has(word))
      .map(stemmed);
  const wanted = new Set(telling(keyWords(argumentKey)));
  return isSameField(argumentKey, path, key) || telling(fieldName(path, key)).some((word) => wanted.has(word));
}
