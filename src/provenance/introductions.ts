import type { Run, ToolCall } from '../model/run.ts';
import { stemmed, tokenize, type Token } from '../text/tokens.ts';
import { argumentsOf, type Argument } from './arguments.ts';
import { distinctiveness } from './distinct.ts';
import { nameWords } from './effect.ts';
import { resultLeaves } from './results.ts';

/** Less than this, and a word occurs in any result. */
const TELLING = 0.15;

/** A word of what the model says that a result was the first to say. */
export interface Told {
  by: ToolCall;
  path: string;
}

/** Who said each word first that the model says beside or in its calls: prompt, user, model, or a result. One pass over the run. */
export class Introductions {
  /** Empty where no result was the first. */
  readonly #first = new Map<string, Told[]>();
  /** The first turn that sent each value as an argument. */
  readonly #sentIn = new Map<string, number>();

  constructor(run: Run) {
    const said = run.turns.map((turn) => (turn.calls.length === 0 ? [] : wordsOf(turn)));
    const vocabulary = new Set(said.flat());
    const note = (tokens: readonly { norm: string }[], told: Told | undefined, isOpen: ReadonlySet<string>): void => {
      for (const { norm } of tokens) {
        if (!vocabulary.has(norm)) continue;
        const known = this.#first.get(norm);
        if (known === undefined) this.#first.set(norm, told === undefined ? [] : [told]);
        else if (told !== undefined && isOpen.has(norm) && known.at(-1)?.by !== told.by) known.push(told);
      }
    };
    const closed = new Set<string>();
    for (const name of new Set([...run.tools, ...run.calls].map((tool) => tool.name)))
      note(
        nameWords(name).map((word) => ({ norm: stemmed(word) })),
        undefined,
        closed,
      );
    for (const turn of run.turns) {
      for (const item of turn.context) note(tokenize(item.text), undefined, closed);
      // Results of one batch may share the credit; of those before and after only the first has it.
      const isOpen = new Set<string>();
      for (const call of turn.fed) {
        for (const { leaf, tokens } of resultLeaves(call)) {
          for (const { norm } of tokens) if (!this.#first.has(norm)) isOpen.add(norm);
          note(tokens, { by: call, path: leaf.path }, isOpen);
        }
      }
      note(
        (said[turn.index] ?? []).map((norm) => ({ norm })),
        undefined,
        closed,
      );
      for (const argument of turn.calls.flatMap(argumentsOf)) {
        const key = valueKey(argument);
        if (!this.#sentIn.has(key)) this.#sentIn.set(key, turn.index);
      }
    }
  }

  /** The results that first said a word; none where prompt, user or model did, or where it is a common one. */
  of({ norm }: Token): readonly Told[] {
    return distinctiveness(norm) < TELLING ? [] : (this.#first.get(norm) ?? []);
  }

  /** The very value was sent as an argument in a turn before `turn`. */
  wasSent(argument: Argument, turn: number): boolean {
    return (this.#sentIn.get(valueKey(argument)) ?? Infinity) < turn;
  }
}

const valueKey = ({ tokens }: Argument): string => tokens.map(({ norm }) => norm).join(' ');

/** All that the model says in a turn, word by word. */
const wordsOf = ({ text, reasoning, calls }: Run['turns'][number]): string[] => [
  ...[...text, ...reasoning].flatMap((one) => tokenize(one).map(({ norm }) => norm)),
  ...calls.flatMap(argumentsOf).flatMap(({ tokens }) => tokens.map(({ norm }) => norm)),
];
