import type { Run, ToolCall } from '../model/run.ts';
import { argumentsOf, subjectKey } from './arguments.ts';
import { isUndoingVerb, nounsOf, verbsOf } from './effect.ts';
import { stemmed } from '../text/tokens.ts';
import { CONDITION, CONSENT, STRICT_CONDITION, USERS_CONDITION } from '../text/words.ts';

/** What the user or the system prompt says must come before something else. */
export interface Instructions {
  /** The sentence by which a write has to wait for what a look says; undefined where none does. */
  gate(write: ToolCall, look: ToolCall): string | undefined;
}

/** A prompt may hold a manual; instructions stand in its first pages. */
const READ_AT_MOST = 50_000;

/** Instructions kept: every write is held against each of them. */
const KEPT = 200;

export function readInstructions(run: Run): Instructions {
  const sentences = run.turns
    .flatMap((turn) => turn.context)
    .flatMap(({ kind, text }) => {
      if (kind !== 'system' && kind !== 'user') return [];
      const said = text.slice(0, READ_AT_MOST).split(/(?<=[.!?;])\s+|\n+/u);
      return said
        .filter((sentence) => (CONDITION.test(sentence) || (kind === 'user' && USERS_CONDITION.test(sentence))) && !CONSENT.test(sentence))
        .map((sentence) => ({
          text: sentence,
          words: [...new Set(sentence.match(/\p{L}+/gu)?.map(stemmed))],
          isStrict: kind === 'user' || STRICT_CONDITION.test(sentence),
        }));
    });
  // The prompt's come first and stay; of the user's the latest.
  if (sentences.length > KEPT) sentences.splice(KEPT / 2, sentences.length - KEPT);
  return {
    gate(write, look) {
      if (sentences.length === 0) return undefined;
      const isSame = isOfSameThing(write, look);
      return sentences.find(({ words, isStrict }) => {
        if (!(isSame || isStrict) || !speaksOf(words, write.name)) return false;
        const isNamed = nounsOf(look.name).some((noun) => names(words, noun));
        // Taking something back is what a look at the very thing decides.
        return isNamed || (isSame && isUndoingVerb(write.name));
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
  const changed = new Set(argumentsOf(write).map(subjectKey));
  return argumentsOf(look).some((argument) => !argument.prose && changed.has(subjectKey(argument)));
}
