import type { Run, ToolCall, Turn } from '../model/run.ts';
import { stemmed, type Token } from '../text/tokens.ts';
import { argumentsOf, type Argument } from './arguments.ts';
import { distinctiveness } from './distinct.ts';
import { nameWords } from './effect.ts';
import { Vocabulary } from './ngrams.ts';
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
  readonly #vocabulary: Vocabulary;
  readonly #first = new Map<string, { turn: number; told: Told[] }>();

  constructor(texts: Iterable<readonly Token[]>) {
    this.#vocabulary = new Vocabulary(texts);
  }

  note(tokens: readonly Token[], turn: number, told?: Told): void {
    this.#vocabulary.visit(tokens, ({ key }) => {
      const known = this.#first.get(key);
      if (known === undefined) this.#first.set(key, { turn, told: told === undefined ? [] : [told] });
      // Results that enter together share the credit.
      else if (told !== undefined && known.turn === turn && known.told.length > 0 && known.told.at(-1)?.by !== told.by)
        known.told.push(told);
    });
  }

  of(key: string): readonly Told[] {
    return this.#first.get(key)?.told ?? [];
  }

  /** Who said first what a text says, as far as `isTelling`. */
  in(tokens: readonly Token[], isTelling: (key: string) => boolean): Told[] {
    const told: Told[] = [];
    this.#vocabulary.visit(tokens, ({ key }) => {
      if (isTelling(key)) told.push(...this.of(key));
    });
    return told;
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
    const topics = [...toolWords].map((norm): Token[] => [{ norm, start: 0, end: 0 }]);
    this.#words = new Firsts(said.flat());
    this.#topics = new Firsts(topics);
    // A tool's name is known before any result, and so are its words; what it is about need not be on anyone's mind.
    for (const topic of topics) this.#words.note(topic, -1);
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
    return this.#words.in(tokens, isTelling);
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

/** A word that not every result has, or two of several that say something. */
const isTelling = (key: string): boolean =>
  key.includes(' ') ? key.split(' ').filter((norm) => distinctiveness(norm) > 0).length >= 2 : distinctiveness(key) >= TELLING;

/** All that the model says in a turn, text by text. */
const saidIn = (turn: Turn): (readonly Token[])[] =>
  [...textsOf(turn), ...reasoningOf(turn), ...turn.calls.flatMap(argumentsOf)].map(({ tokens }) => tokens);
