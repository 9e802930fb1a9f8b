import type { Run, ToolCall, Turn } from '../model/run.ts';
import { argumentsOf, subjectKey } from './arguments.ts';
import { isCommon } from './distinct.ts';
import { isCheck, nameWords, nounsOf, type Effect } from './effect.ts';
import { outcomeOf } from './outcome.ts';
import { resultLeaves } from './results.ts';
import { contextTokens, reasoningOf, textsOf } from './said.ts';
import { stemmed } from '../text/tokens.ts';
import { ABSENCES } from '../text/words.ts';

/**
 * Calls asked among other things, answered with nothing, and neither told, compared nor acted on.
 *
 * An empty answer leaves no value to follow. It was used where the agent says that there is nothing, where the same
 * was asked of several and this one is out, or where a write went ahead on it. What it was asked for alone always
 * counts as used, and so does whatever is followed by text that our word lists cannot read.
 */
export function findPassedOver(run: Run, effect: (call: ToolCall) => Effect): Set<ToolCall> {
  const passedOver = new Set<ToolCall>();
  for (const turn of run.turns) {
    for (const call of turn.calls) {
      if (call.batchSize < 2 || call.fedTurn === undefined || outcomeOf(call) !== 'empty') continue;
      // What a tool of unknown effect answers with nothing at all may be all that a write has to say.
      if (effect(call) === 'write' || (effect(call) === 'unknown' && !hasFields(call))) continue;
      if (turn.calls.some((other) => other !== call && other.name === call.name)) continue;
      const answer = run.turns.slice(call.fedTurn).find(({ kept, text }) => kept && text.length > 0);
      if (answer === undefined || isSpokenOf(call, answer, run) || isActedOn(call, run, answer.index, effect)) continue;
      passedOver.add(call);
    }
  }
  return passedOver;
}

/** Share of function words from which a text is English. */
const ENGLISH = 0.2;

function isSpokenOf(call: ToolCall, answer: Turn, run: Run): boolean {
  const said = [...textsOf(answer), ...reasoningOf(answer)].flatMap(({ tokens }) => tokens).map(({ norm }) => norm);
  if (said.filter((norm) => isCommon(norm)).length < said.length * ENGLISH) return true;
  const topics = topicsOf(call);
  if (said.some((norm) => topics.has(norm))) return true;
  const denials = said.flatMap((norm, i) =>
    ABSENCE_STEMS.has(norm) ? [said.slice(i + 1, i + 1 + DENIED).filter((next) => !isCommon(next))] : [],
  );
  if (denials.length === 0) return false;
  // "No permit on file" is about this call unless another told of permits.
  const told = new Set(
    run.turns
      .slice(Math.max(0, answer.index + 1 - REMEMBERED), answer.index + 1)
      .flatMap((turn) => [
        ...turn.context.flatMap(contextTokens),
        ...turn.fed
          .filter((other) => other !== call)
          .flatMap((other) => resultLeaves(other).flatMap((leaf) => [...leaf.tokens, ...leaf.keyTokens])),
      ])
      .map(({ norm }) => norm),
  );
  return denials.some((words) => !words.some((norm) => told.has(norm)));
}

/** Turns back that a denial may speak of. */
const REMEMBERED = 40;
/** So many words after a denial are what is denied. */
const DENIED = 4;

const ABSENCE_STEMS = new Set([...ABSENCES].map(stemmed));

const hasFields = (call: ToolCall): boolean => resultLeaves(call).some(({ leaf }) => leaf.key !== '');

/** What was looked for: the noun its tool ends on, and the fields that came back empty. */
function topicsOf(call: ToolCall): Set<string> {
  const noun = stemmed(nameWords(call.name).at(-1) ?? '');
  const fields = resultLeaves(call).flatMap(({ keyTokens }) => keyTokens.map(({ norm }) => norm));
  return new Set([noun, ...fields].filter((norm) => norm !== '' && !isCommon(norm)));
}

/**
 * A write that may have waited for there being none: at once and on the same thing, or before the answer and of the
 * kind of thing that was not there, or any where the call was a check.
 */
function isActedOn(call: ToolCall, run: Run, answeredIn: number, effect: (call: ToolCall) => Effect): boolean {
  const nouns = new Set(nounsOf(call.name).map(stemmed));
  const subjects = new Set(subjectsOf(call));
  return run.turns
    .slice(call.fedTurn, answeredIn + 1)
    .flatMap((turn) => turn.calls)
    .filter((later) => effect(later) !== 'read')
    .some(
      (later) =>
        isCheck(call.name) ||
        nounsOf(later.name).some((noun) => nouns.has(stemmed(noun))) ||
        (later.turn === call.fedTurn && subjectsOf(later).some((subject) => subjects.has(subject))),
    );
}

const subjectsOf = (call: ToolCall): string[] => argumentsOf(call).flatMap((argument) => (argument.prose ? [] : [subjectKey(argument)]));
