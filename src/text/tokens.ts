import { rememberedText } from './remembered.ts';

/**
 * Text as a sequence of normal forms, so that the same value in another dress is the same value: `1,234.50` and
 * `$1234.5`, `2026-05-05T15:00:00Z` and "May 5 at 3 pm", case, separators, accents and Unicode forms.
 */
export interface Token {
  /** The normal form: a stemmed word, a plain number, `@MM-DD` for a date, `#HH:MM` for a time. */
  norm: string;
  /** Offsets in the text, for quoting. */
  start: number;
  end: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const END = String.raw`(?![\p{L}\p{N}])`;

/** Dates, times and numbers: whatever is more than a word. All of them begin with a digit or a month's name. */
const VALUE = new RegExp(
  [
    // ISO 8601 date, with or without a time
    String.raw`(?<isoYear>\d{4})-(?<isoMonth>\d{2})-(?<isoDay>\d{2})(?:[T ](?<isoHour>\d{2}):(?<isoMinute>\d{2})(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?${END}`,
    // May 5th, 2026
    String.raw`(?<monthA>${MONTH})\.?\s+(?<dayA>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+\d{4})?${END}`,
    // 5 May 2026
    String.raw`(?<dayB>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?<monthB>${MONTH})\.?(?:,?\s+\d{4})?${END}`,
    // 5/4/2026
    String.raw`(?<slashA>\d{1,2})\/(?<slashB>\d{1,2})\/\d{2,4}${END}`,
    // 15:00, 3:00 pm, 3 p.m.
    String.raw`(?<hourA>\d{1,2}):(?<minuteA>\d{2})(?::\d{2})?(?:\s*(?<halfA>[ap])\.?m\b\.?)?${END}`,
    String.raw`(?<hourB>\d{1,2})\s*(?<halfB>[ap])\.?m\b\.?`,
    // 1.234,50 and 1 234,50 as in much of Europe, and 7,5
    String.raw`(?<european>\d{1,3}(?:[.\u00a0\u202f]\d{3})+,\d{1,2}|\d{1,3}(?:[\u00a0\u202f]\d{3})+|\d+,\d{1,2})${END}`,
    // 1,234.50 and 1234.5
    String.raw`(?<grouped>\d{1,3}(?:,\d{3})+(?:\.\d+)?)${END}`,
    String.raw`(?<decimal>\d+\.\d+)${END}`,
  ].join('|'),
  'iuy',
);
const MAY_BE_VALUE = /^(?:\p{Nd}|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/iu;

/** Scripts without spaces: a character is a word. */
const IDEOGRAPH = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}`;
const CLITIC = String.raw`['’](?:s|t|re|ll|ve|d|m)\b`;
const CLITIC_HERE = new RegExp(CLITIC, 'iuy');
const WORD = new RegExp(String.raw`[${IDEOGRAPH}]|(?:(?![${IDEOGRAPH}])[\p{L}\p{M}\p{N}])+(?:${CLITIC})?`, 'iuy');

/** Tokens of a text, in order. Linear in its length. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < text.length; start++) {
    const wordEnd = endOfWord(text, start);
    if (wordEnd === start) continue;
    const word = text.slice(start, wordEnd);
    const value = MAY_BE_VALUE.test(word) ? valueAt(text, start) : null;
    const end = value === null ? wordEnd : start + value[0].length;
    if (value === null) tokens.push({ norm: wordNorm(word), start, end });
    else for (const norm of normsOf(value.groups ?? {}, value[0])) tokens.push({ norm, start, end });
    start = end - 1;
  }
  return tokens;
}

/** Where the word that begins at a place ends; the place itself where none does. Most words are plain and need no pattern. */
function endOfWord(text: string, start: number): number {
  let end = start;
  while (isPlain(text.charCodeAt(end))) end += 1;
  const next = text.charCodeAt(end);
  if (next > LAST_ASCII) return start + matchAt(WORD, text, start);
  return end > start && next === APOSTROPHE ? end + matchAt(CLITIC_HERE, text, end) : end;
}

const LAST_ASCII = 0x7f;
const APOSTROPHE = 0x27;

/** An ASCII letter or digit. */
const isPlain = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a);

/** The length of what a sticky pattern matches at a place. */
function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function valueAt(text: string, start: number): RegExpExecArray | null {
  VALUE.lastIndex = start;
  return VALUE.exec(text);
}

/** Identifiers and numbers are what they are, and seldom come twice; words repeat. */
const wordNorm = (word: string): string => (IDENTIFIER.test(word) ? word.toLowerCase() : normOfWord(word));
const IDENTIFIER = /^[a-z]*\d[a-z\d]*$/i;
const normOfWord = rememberedText((word) => stem(word) || word);

/** The normal forms of a short text, joined by spaces: equal for two dresses of one value. */
export function normalForm(text: string): string {
  return tokenize(text)
    .map((token) => token.norm)
    .join(' ');
}

function normsOf(groups: Record<string, string | undefined>, raw: string): string[] {
  if (groups['isoYear'] !== undefined) {
    const date = dateNorm(Number(groups['isoMonth']), Number(groups['isoDay']));
    if (date === undefined) return [raw.toLowerCase()];
    const hour = groups['isoHour'];
    return hour === undefined ? [date] : [date, timeNorm(Number(hour), Number(groups['isoMinute']))];
  }
  const monthName = groups['monthA'] ?? groups['monthB'];
  if (monthName !== undefined) {
    const month = MONTHS.indexOf(monthName.slice(0, 3).toLowerCase()) + 1;
    return [dateNorm(month, Number(groups['dayA'] ?? groups['dayB'])) ?? raw.toLowerCase()];
  }
  if (groups['slashA'] !== undefined) {
    const [a, b] = [Number(groups['slashA']), Number(groups['slashB'])];
    // Month and day may stand in either order; both readings are kept.
    const norms = [dateNorm(a, b), dateNorm(b, a)].filter((norm) => norm !== undefined);
    return norms.length > 0 ? [...new Set(norms)] : [raw];
  }
  const hour = groups['hourA'] ?? groups['hourB'];
  if (hour !== undefined) {
    const half = (groups['halfA'] ?? groups['halfB'])?.toLowerCase();
    const h = Number(hour);
    return [timeNorm(half === 'p' && h < 12 ? h + 12 : half === 'a' && h === 12 ? 0 : h, Number(groups['minuteA'] ?? 0))];
  }
  const european = groups['european']?.replaceAll(/[.\u00a0\u202f]/gu, '').replace(',', '.');
  if (european !== undefined) return [european.includes('.') ? plainNumber(european) : european];
  const number = groups['grouped'] ?? groups['decimal'];
  return [number === undefined ? raw : plainNumber(number.replaceAll(',', ''))];
}

const two = (n: number): string => String(n).padStart(2, '0');
const dateNorm = (month: number, day: number): string | undefined =>
  month >= 1 && month <= 12 && day >= 1 && day <= 31 ? `@${two(month)}-${two(day)}` : undefined;
const timeNorm = (hour: number, minute: number): string => `#${two(hour)}:${two(minute)}`;
const plainNumber = (digits: string): string => digits.replace(/(?<=\.\d*)0+$/u, '').replace(/\.$/u, '');

/** The normal form of one word: a light stemmer, enough that "activates", "activated" and "activation" meet; identifiers stay whole. */
export const stemmed: (word: string) => string = rememberedText(stem);

function stem(word: string): string {
  let w = fold(word).replace(/['’](?:s|t|re|ll|ve|d|m)$/u, (tail) => (tail.endsWith('t') ? "'t" : ''));
  if (w.length <= 4 || !/^[a-z]+$/u.test(w)) return w;
  if (w.endsWith('ies') || w.endsWith('ied')) return `${w.slice(0, -3)}y`;
  for (const ending of ['ations', 'ation', 'ings', 'ing', 'ions', 'ion', 'edly', 'ed', 'es', 's', 'ly', 'e']) {
    if (w.endsWith(ending) && w.length - ending.length >= 4 && !w.endsWith('ss')) {
      w = w.slice(0, -ending.length);
      break;
    }
  }
  return w.endsWith('at') && w.length > 5 ? w.slice(0, -2) : w;
}

/** Lower case, compatibility forms composed, accents dropped. */
function fold(word: string): string {
  const lower = word.toLowerCase();
  return /^[\x00-\x7f]*$/u.test(lower) ? lower : lower.normalize('NFKD').replaceAll(/\p{M}/gu, '');
}
