import type { Run, ToolCall, Turn } from '../model/run.ts';
import { stemmed, type Token } from '../text/tokens.ts';
import { argumentsOf, type Argument } from './arguments.ts';
import { distinctiveness } from './distinct.ts';
import { nameWords } from './effect.ts';
import { nGrams, nGramsIn } from './ngrams.ts';
import { resultLeaves } from './results.ts';
import { contextTokens, reasoningOf, textsOf } from './said.ts';

/** A result that was the first to say something. */
export interface Told {
  by: ToolCall;
  path: string;
}

/** Less than this, and a word occurs in any result. */
const TELLING = 0.15;

/** Who said each word, pair and triple of a vocabulary first; nobody where prompt, user or model did. */
class Firsts {
  readonly #vocabulary: ReadonlySet<string>;
  readonly #first = new Map<string, { turn: number; told: Told[] }>();

  constructor(vocabulary: ReadonlySet<string>) {
    this.#vocabulary = vocabulary;
  }

  note(tokens: readonly Token[], turn: number, told?: Told): void {
    for (const { key } of nGramsIn(tokens, this.#vocabulary)) {
      const known = this.#first.get(key);
      if (known === undefined) this.#first.set(key, { turn, told: told === undefined ? [] : [told] });
      // Results that enter together share the credit.
      else if (told !== undefined && known.turn === turn && known.told.length > 0 && known.told.at(-1)?.by !== told.by)
        known.told.push(told);
    }
  }

  of(key: string): readonly Told[] {
    return this.#first.get(key)?.told ?? [];
  }
}

/** For what the model says in and beside its calls: which results were the first to say it. One pass over the run. */
export class Introductions {
  readonly #words: Firsts;
  readonly #topics: Firsts;
  /** The first turn that sent each value as an argument. */
  readonly #sentIn = new Map<string, number>();

  constructor(run: Run) {
    const said = run.turns.map((turn) => (turn.calls.length === 0 ? [] : saidIn(turn)));
    const toolWords = new Set([...run.tools, ...run.calls].flatMap(({ name }) => nameWords(name).map(stemmed)));
    this.#words = new Firsts(new Set(said.flat().flatMap((tokens) => [...nGrams(tokens)].map(({ key }) => key))));
    this.#topics = new Firsts(toolWords);
    // A tool's name is known before any result, and so are its words; what it is about need not be on anyone's mind.
    for (const norm of toolWords) this.#words.note([{ norm, start: 0, end: 0 }], -1);
    for (const turn of run.turns) {
      for (const item of turn.context) this.#note(contextTokens(item), turn.index);
      for (const by of turn.fed) for (const { leaf, tokens } of resultLeaves(by)) this.#note(tokens, turn.index, { by, path: leaf.path });
      for (const tokens of said[turn.index] ?? []) this.#note(tokens, turn.index);
      for (const argument of turn.calls.flatMap(argumentsOf)) {
        const key = argument.norm;
        if (!this.#sentIn.has(key)) this.#sentIn.set(key, turn.index);
      }
    }
  }

  #note(tokens: readonly Token[], turn: number, told?: Told): void {
    this.#words.note(tokens, turn, told);
    this.#topics.note(tokens, turn, told);
  }

  /** The results that were the first to say a telling word of a text, or two of them together. */
  toldIn(tokens: readonly Token[]): Told[] {
    return [...nGrams(tokens)].flatMap(({ key }) => {
      const words = key.split(' ').filter((norm) => distinctiveness(norm) > 0);
      const isTelling = key.includes(' ') ? words.length >= 2 : distinctiveness(key) >= TELLING;
      return isTelling ? this.#words.of(key) : [];
    });
  }

  /** The results that were the first to speak of what a tool is about, by a word of its name. */
  toldOfTopic(word: string): readonly Told[] {
    return this.#topics.of(stemmed(word));
  }

  /** The very value was sent as an argument in a turn before `turn`. */
  wasSent(argument: Argument, turn: number): boolean {
    return (this.#sentIn.get(argument.norm) ?? Infinity) < turn;
  }
}

/** All that the model says in a turn, text by text. */
const saidIn = (turn: Turn): (readonly Token[])[] =>
  [...textsOf(turn), ...reasoningOf(turn), ...turn.calls.flatMap(argumentsOf)].map(({ tokens }) => tokens);
