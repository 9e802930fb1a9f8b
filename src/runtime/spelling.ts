/** Words of a text that one value may be spread over: an IBAN in groups of four. */
const WORDS = 10;
/** Digits that make a number known by its end, as of a phone number without its country. */
const TAIL = 7;

const squeezed = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{Nd}]/gu, '');

/**
 * True where the value stands in the text in another spelling: over several words (`AB7710` for "a b 7710"), or as a
 * number with a kind before it (`ORD-7710` for "7710") or with what was left out (`+15550104477` for "(555) 010-4477").
 * Parts of words, and digits of different numbers, make no value.
 */
export function isSpelledIn(value: string, text: string): boolean {
  const own = squeezed(value);
  if (own.length < 3) return false;
  const words = text.split(/\s+/u).map(squeezed).filter(Boolean);
  for (let i = 0; i < words.length; i++) {
    let joined = '';
    for (let k = i; k < Math.min(words.length, i + WORDS) && joined.length < own.length; k++) {
      joined += words[k];
      if (joined === own) return true;
    }
  }
  const digits = own.replaceAll(/\D/gu, '');
  // Letters, then one number: a kind and its number.
  const isNumbered = /^\D*\d+$/u.test(own) && digits.length >= 4;
  const numbers = (text.match(/\d(?:[\d() ./-]*\d)?/gu) ?? []).map((run) => run.replaceAll(/\D/gu, ''));
  return isNumbered && numbers.some((number) => number === digits || (number.length >= TAIL && digits.endsWith(number)));
}
