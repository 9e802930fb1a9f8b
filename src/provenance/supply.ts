import type { ContextItem, Run, ToolCall } from '../model/run.ts';
import { argumentsOf, isWordSlug, type Argument } from './arguments.ts';
import { coverOf, Vocabulary } from './ngrams.ts';
import { resultLeaves } from './results.ts';
import { contextTokens } from './said.ts';
import { tokenize, type Token } from '../text/tokens.ts';

/** Where a value first became known to the model, its own words left out. */
export interface Supply {
  /** The first turn whose input held it. */
  turn: number;
  /** True when the user or the system prompt gave it. */
  fromContext: boolean;
  /** Which text gave it, where no result did. */
  context?: ContextItem['kind'];
  /** The results of that turn's input that offered it, in the order of their calls. */
  results: Offer[];
}

export interface Offer {
  call: ToolCall;
  path: string;
  key: string;
  /** The whole value that held it, where that is short. */
  value: string | undefined;
}

/** For every argument of a run: what supplied its value, and when. Built in one pass over the run. */
export interface SupplyIndex {
  /** Undefined when nothing in the run ever supplies it. */
  of(argument: Argument): Supply | undefined;
  /** What supplied a run of words in an argument. */
  ofWords(tokens: readonly Token[]): Supply | undefined;
  /** True when something the model had read before issuing the call supplies the value. */
  isGrounded(argument: Argument): boolean;
  /** True for a choice that a tool's own schema offers: known as a possibility, not as the answer. */
  isOffered(argument: Argument): boolean;
}

export function buildSupply(run: Run): SupplyIndex {
  const vocabulary = new Vocabulary(run.calls.flatMap(argumentsOf).map(({ tokens }) => tokens));

  const first = new Map<string, Supply>();
  const note = (tokens: readonly Token[], turn: number, from: Offer | ContextItem['kind']): void => {
    const offer = typeof from === 'string' ? undefined : from;
    vocabulary.visit(tokens, ({ key }) => {
      const known = first.get(key);
      if (known === undefined) {
        first.set(
          key,
          typeof from === 'string'
            ? { turn, fromContext: true, context: from, results: [] }
            : { turn, fromContext: false, results: [from] },
        );
      } else if (known.turn === turn && offer !== undefined && !known.fromContext && known.results.length < 8) {
        if (known.results.at(-1)?.call !== offer.call) known.results.push(offer);
      }
    });
  };

  const offered = new Set<string>();
  for (const tool of run.tools) {
    const tokens = tokenize(`${tool.description ?? ''}\n${tool.schemaText ?? ''}`);
    vocabulary.visit(tokens, ({ key }) => offered.add(key));
  }
  for (const turn of run.turns) {
    for (const item of turn.context) note(contextTokens(item), turn.index, item.kind);
    for (const call of turn.fed) {
      for (const { leaf, text, tokens } of resultLeaves(call)) {
        note(tokens, turn.index, { call, path: leaf.path, key: leaf.key, value: text.length <= 80 ? text : undefined });
      }
    }
  }

  const ofWords = (tokens: readonly Token[]): Supply | undefined => {
    let latest: Supply | undefined;
    for (const key of coverOf(tokens)) {
      const supply = first.get(key);
      if (supply === undefined) return undefined;
      if (latest === undefined || supply.turn > latest.turn) latest = supply;
    }
    return latest;
  };
  const cache = new Map<Argument, Supply | undefined>();
  const of = (argument: Argument): Supply | undefined => {
    if (!cache.has(argument)) cache.set(argument, ofWords(argument.tokens));
    return cache.get(argument);
  };
  return {
    of,
    ofWords,
    isOffered: ({ tokens }) => tokens.length > 0 && coverOf(tokens).every((key) => offered.has(key)),
    isGrounded: (argument) => {
      const supply = of(argument);
      if (supply === undefined || supply.turn > argument.call.turn) return false;
      // Words of a sentence, joined up to look like an identifier, were not supplied as one.
      return !isWordSlug(argument) || supply.results.some((offer) => offer.value?.toLowerCase() === argument.text);
    },
  };
}
