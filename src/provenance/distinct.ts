import { rememberedText } from '../text/remembered.ts';
import { stemmed } from '../text/tokens.ts';
import { COMMON_WORDS, NEGATIONS } from '../text/words.ts';

/**
 * How much sharing one token proves: 1 and more is proof by itself, 0 is chance. Identifiers, amounts and dates
 * weigh most, rare words a little, the words of any conversation nothing.
 */
export function distinctiveness(norm: string): number {
  if (norm.startsWith('@')) return 0.9;
  if (norm.startsWith('#')) return 0.7;
  if (/\p{Nd}/u.test(norm)) {
    if (/^(?:19|20)\d\d$/u.test(norm)) return 0.15;
    if (norm.includes('.')) return 1;
    if (norm.length >= 4) return 1;
    return norm.length === 3 ? 0.6 : norm.length === 2 ? 0.2 : 0.05;
  }
  return weightOfWord(norm);
}

const weightOfWord = rememberedText((norm) => {
  if (isCommon(norm)) return 0;
  if (norm.length === 1) return /[a-z]/u.test(norm) ? 0 : 0.12;
  return norm.length >= 8 ? 0.35 : norm.length >= 5 ? 0.25 : norm.length >= 3 ? 0.15 : 0.05;
});

const common = new Set([...COMMON_WORDS].map(stemmed));
const negations = new Set([...NEGATIONS].map(stemmed));

export const isCommon = (norm: string): boolean => common.has(norm) || negations.has(norm);
export const isNegation = (norm: string): boolean => negations.has(norm);
