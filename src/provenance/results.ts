import type { ToolCall, ToolResult } from '../model/run.ts';
import { keyWords, leafText, leavesWithin, structured, type Leaf } from './leaves.ts';
import { remembered, rememberedText } from '../text/remembered.ts';
import { tokenize, type Token } from '../text/tokens.ts';

/** One value of a result, with its text and tokens at hand: several passes over a run ask for them. */
export class ResultLeaf {
  readonly leaf: Leaf;
  readonly text: string;
  #tokens: Token[] | undefined;
  #norm: string | undefined;

  constructor(leaf: Leaf) {
    this.leaf = leaf;
    this.text = leafText(leaf);
  }

  get tokens(): Token[] {
    return (this.#tokens ??= tokenize(this.text));
  }

  /** What a number or a date may be said as, beside itself: 0.185 as 18.5 per cent, 4812330.10 as 4.81 million, 2 days as 2 days. */
  get saidAs(): Token[][] {
    const { value, key } = this.leaf;
    const days = this.text.length > 40 ? [] : this.tokens.flatMap(({ norm }) => (norm.startsWith('@') ? ordinal(norm) : []));
    if (days.length > 0) return days.map(tokenize);
    const number = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+(?:\.\d+)?$/u.test(value) ? Number(value) : 0;
    if (number === 0 || !Number.isFinite(number)) return [];
    const unit = keyWords(key).split(' ').at(-1) ?? '';
    const rounded = [...new Set(roundings(Math.abs(number)))].map(tokensOfNumber);
    return unit === '' ? rounded : [...rounded, tokenize(`${this.text} ${unit}`)];
  }

  /** The normal form of the whole value. */
  get norm(): string {
    return (this.#norm ??= this.tokens.map((token) => token.norm).join(' '));
  }

  get keyTokens(): readonly Token[] {
    return tokensOfKey(this.leaf.key);
  }
}

/** The day of a date by itself: "on the 9th". */
function ordinal(norm: string): string[] {
  const day = Number(/^@\d\d-(?<day>\d\d)$/u.exec(norm)?.groups?.['day']);
  if (!(day > 0)) return [];
  const ending = day > 10 && day < 20 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return [`${day}${ending}`];
}

/** A plain number is its own normal form. */
const tokensOfNumber = (digits: string): Token[] =>
  /^\d+(?:\.\d+)?$/u.test(digits) ? [{ norm: digits, start: 0, end: digits.length }] : tokenize(digits);

/** A number as people shorten it: per cent, thousands and millions, fewer digits. */
function roundings(number: number): string[] {
  const said: string[] = [];
  const scaled =
    number < 1 ? number * 100 : number >= 1e9 ? number / 1e9 : number >= 1e6 ? number / 1e6 : number >= 1e4 ? number / 1e3 : number;
  if (scaled !== number) said.push(String(Number(scaled.toPrecision(12))));
  const whole = Math.round(number);
  if (whole !== number && number >= 10) said.push(String(whole));
  for (const digits of [2, 3]) {
    const short = Number(scaled.toPrecision(digits));
    if (short !== number && (scaled !== number || !Number.isInteger(number))) said.push(String(short));
  }
  return said;
}

/** What a result holds, JSON and the like decoded. */
export const contentOf: (result: ToolResult) => unknown = remembered(({ content }) => structured(content));

const leavesIn = remembered((result: ToolResult) => leavesWithin(contentOf(result)).map((leaf) => new ResultLeaf(leaf)));

/** The leaves of a call's result, read once; none where it has no result. */
export const resultLeaves = (call: ToolCall): readonly ResultLeaf[] => (call.result === undefined ? [] : leavesIn(call.result));

const tokensOfKey = rememberedText((key): readonly Token[] => tokenize(keyWords(key)));
