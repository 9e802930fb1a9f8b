import type { ToolCall } from '../src/model/run.ts';
import { argumentsOf } from '../src/provenance/arguments.ts';
import { isCommon, isNegation } from '../src/provenance/distinct.ts';
import { remembered } from '../src/text/remembered.ts';
import { resultLeaves, type ResultLeaf } from '../src/provenance/results.ts';

/** Letters and a number, in one word; `UTC-5` is a time zone. */
const IDENTIFIER = /^\p{L}+[-_]?\d{3,}$/u;

/** Today's date is seldom quoted and often used ("in about a week"): nothing shows that it was not. */
export const isClock = remembered((call: ToolCall): boolean => {
  const leaves = resultLeaves(call);
  // Appointments have times too, and numbers of their own.
  if (leaves.some(({ text }) => IDENTIFIER.test(text.trim()))) return false;
  const telling = leaves
    .flatMap(({ tokens }) => tokens)
    .map((token) => token.norm)
    .filter((norm) => /\p{Nd}/u.test(norm));
  return (
    telling.length > 0 &&
    telling.every((norm) => /^[@#]/u.test(norm) || /^\d{1,4}$/u.test(norm)) &&
    telling.some((norm) => /^[@#]/u.test(norm))
  );
});

/** Null, an empty list, `false`, "none", "not available". */
function isAbsence({ leaf, text, tokens }: ResultLeaf): boolean {
  if (leaf.value === null || leaf.value === false || text.trim() === '') return true;
  return tokens.some(({ norm }) => isNegation(norm)) && tokens.every(({ norm }) => isCommon(norm));
}

/** The values that a call sent, in their normal form. */
export const sentBy = remembered((call: ToolCall): ReadonlySet<string> => new Set(argumentsOf(call).map(({ norm }) => norm)));

/** The values of a result, in their normal form. */
export const heldBy = remembered((call: ToolCall): ReadonlySet<string> => new Set(resultLeaves(call).map(({ norm }) => norm)));

/** Beside what it was asked, the answer says only that there is nothing. */
export const saysNo = remembered((call: ToolCall): boolean => {
  const leaves = resultLeaves(call).filter(({ norm }) => norm === '' || !sentBy(call).has(norm));
  return leaves.length > 0 && leaves.every(isAbsence);
});

/** Something that was asked for is not there, among other things that are. */
export const lacksSomething = remembered((call: ToolCall): boolean => resultLeaves(call).some(isAbsence));
