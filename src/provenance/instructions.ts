import type { Run, ToolCall } from '../model/run.ts';
import { argumentsOf } from './arguments.ts';
import { isUndoingVerb, nounsOf, verbsOf } from './effect.ts';
import { normalForm, stemmed } from '../text/tokens.ts';
import { CONDITION, CONSENT } from '../text/words.ts';

/** What the user or the system prompt says must come before something else. */
export interface Instructions {
  /** The sentence by which a write has to wait for what a look says; undefined where none does. */
  gate(write: ToolCall, look: ToolCall): string | undefined;
}

/** A prompt may hold a manual; instructions stand in its first pages. */
const READ_AT_MOST = 50_000;

export function readInstructions(run: Run): Instructions {
  const sentences = run.turns
    .flatMap((turn) => turn.context)
    .filter((item) => item.kind === 'system' || item.kind === 'user')
    .flatMap((item) => item.text.slice(0, READ_AT_MOST).split(/(?<=[.!?;])\s+|\n+/u))
    .filter((sentence) => CONDITION.test(sentence) && !CONSENT.test(sentence))
    .map((text) => ({ text, words: [...new Set(text.match(/\p{L}+/gu)?.map(stemmed))] }));
  return {
    gate(write, look) {
      if (sentences.length === 0 || !isOfSameThing(write, look)) return undefined;
      return sentences.find(({ words }) => {
        if (!speaksOf(words, write.name)) return false;
        // Taking something back is what a look at the very thing decides.
        return nounsOf(look.name).some((noun) => names(words, noun)) || isUndoingVerb(write.name);
      })?.text;
    },
  };
}

/** By its verb, or by all that it is about. */
function speaksOf(words: readonly string[], tool: string): boolean {
  const nouns = nounsOf(tool);
  return verbsOf(tool).some((verb) => names(words, verb)) || (nouns.length >= 2 && nouns.every((noun) => names(words, noun)));
}

/** `cancel` is named by "cancelled" and "cancellation". */
function names(words: readonly string[], name: string): boolean {
  const stem = stemmed(name);
  return words.some((word) => word === stem || (stem.length >= 4 && word.startsWith(stem)) || (word.length >= 5 && stem.startsWith(word)));
}

/** The look asks about something that the write changes. */
function isOfSameThing(write: ToolCall, look: ToolCall): boolean {
  const changed = new Set(argumentsOf(write).map(({ key, text }) => `${key}=${normalForm(text)}`));
  return argumentsOf(look).some(({ key, text, prose }) => !prose && changed.has(`${key}=${normalForm(text)}`));
}
