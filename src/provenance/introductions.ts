import type { Run, ToolCall, Turn } from '../model/run.ts';
import { stemmed, tokenize, type Token } from '../text/tokens.ts';
import { argumentsOf, type Argument } from './arguments.ts';
import { distinctiveness } from './distinct.ts';
import { nameWords } from './effect.ts';
import { nGrams, nGramsIn } from './ngrams.ts';
import { resultLeaves } from './results.ts';

/** A result that was the first to say something. */
export interface Told {
  by: ToolCall;
  path: string;
}

interface Introduction {
  turn: number;
  /** Empty where prompt, user or model said it first. */
  told: Told[];
}

/** Less than this, and a word occurs in any result. */
const TELLING = 0.15;

/** For every word, pair and triple that the model says in or beside its calls: who said it first, and when. One pass over the run. */
export class Introductions {
  readonly #first = new Map<string, Introduction>();
  /** The first turn that sent each value as an argument. */
  readonly #sentIn = new Map<string, number>();

  constructor(run: Run) {
    const said = run.turns.map((turn) => (turn.calls.length === 0 ? [] : saidIn(turn)));
    const vocabulary = new Set(said.flat().flatMap((tokens) => [...nGrams(tokens)].map(({ key }) => key)));
    const note = (tokens: readonly Token[], turn: number, told?: Told): void => {
      for (const { key } of nGramsIn(tokens, vocabulary)) {
        const known = this.#first.get(key);
        if (known === undefined) this.#first.set(key, { turn, told: told === undefined ? [] : [told] });
        else if (told !== undefined && known.turn === turn && known.told.length > 0 && known.told.at(-1)?.by !== told.by)
          known.told.push(told);
      }
    };
    // A tool's name is known before any result, and so are its words.
    const names = new Set([...run.tools, ...run.calls].map(({ name }) => name));
    for (const name of names) for (const word of nameWords(name)) note([{ norm: stemmed(word), start: 0, end: 0 }], -1);
    for (const turn of run.turns) {
      for (const item of turn.context) note(tokenize(item.text), turn.index);
      for (const by of turn.fed) for (const { leaf, tokens } of resultLeaves(by)) note(tokens, turn.index, { by, path: leaf.path });
      for (const tokens of said[turn.index] ?? []) note(tokens, turn.index);
      for (const argument of turn.calls.flatMap(argumentsOf)) {
        const key = valueKey(argument);
        if (!this.#sentIn.has(key)) this.#sentIn.set(key, turn.index);
      }
    }
  }

  /** The results that were the first to say a telling word of a text, or two of them together. */
  toldIn(tokens: readonly Token[]): Told[] {
    return [...nGrams(tokens)].flatMap(({ key }) => {
      const words = key.split(' ').filter((norm) => distinctiveness(norm) > 0);
      const isTelling = key.includes(' ') ? words.length >= 2 : distinctiveness(key) >= TELLING;
      return isTelling ? (this.#first.get(key)?.told ?? []) : [];
    });
  }

  /** The very value was sent as an argument in a turn before `turn`. */
  wasSent(argument: Argument, turn: number): boolean {
    return (this.#sentIn.get(valueKey(argument)) ?? Infinity) < turn;
  }
}

const valueKey = ({ tokens }: Argument): string => tokens.map(({ norm }) => norm).join(' ');

/** All that the model says in a turn, text by text. */
const saidIn = ({ text, reasoning, calls }: Turn): Token[][] => [
  ...[...text, ...reasoning].map(tokenize),
  ...calls.flatMap(argumentsOf).map(({ tokens }) => tokens),
];
