import { textOf } from '../src/model/canonical.ts';
import type { ToolCall } from '../src/model/run.ts';
import { resultLeaves } from '../src/provenance/results.ts';
import { costOf } from './cost.ts';
import type { Evidence } from './finding.ts';
import { argumentPlace, excerpt, resultPlace, spanIdsOf } from './places.ts';
import { defineRule, type Rule, type RuleContext } from './rule.ts';
import type { Verdict } from './verdict.ts';

/** A call with a wasted verdict. What the verdicts mean: `docs/rules/wasted-call.md`. */
export const wastedCall: Rule = defineRule({
  id: 'wasted-call',
  summary: 'A tool call whose result nothing ever used',
  severity: 'warning',
  analyze(context) {
    const { run, judgments, prices } = context;
    return run.calls.flatMap((call) => {
      const verdict = judgments.verdicts.get(call);
      if (verdict?.wasted == null) return [];
      const related = verdict.instead === undefined ? [call] : [call, verdict.instead];
      return [
        {
          rule: 'wasted-call',
          severity: 'warning' as const,
          message: messageOf(call, verdict),
          calls: related.map((one) => one.id),
          spanIds: spanIdsOf(related),
          confidence: verdict.confidence,
          evidence: evidenceOf(call, verdict, context),
          cost: costOf(call, run, prices),
          fix: fixOf(call, verdict, context),
        },
      ];
    });
  },
});

function messageOf(call: ToolCall, { wasted, because, instead }: Verdict): string {
  const turn = instead === undefined ? '' : instead.turn === call.turn ? ' of the same batch' : ` of turn ${instead.turn + 1}`;
  switch (wasted) {
    case 'superseded':
      return `${call.name} was wasted (superseded): ${because}${turn.replace(' of', ' in')}`;
    case 'duplicate':
      return `${call.name} was wasted (duplicate): the call${turn} had the same arguments, and nothing could have changed its answer`;
    case 'unused':
      return instead === undefined
        ? `${call.name} was wasted (unused): nothing in its result is ever used`
        : `${call.name} was wasted (unused): ${because}, from ${instead.name}${turn}`;
    default:
      return `${call.name} was wasted (dropped): ${because}`;
  }
}

/** Enough to check the verdict, no more. */
const MOST = 4;

function evidenceOf(call: ToolCall, verdict: Verdict, { facts }: RuleContext): Evidence[] {
  const answer: Evidence = { kind: 'answered', value: excerpt(textOf(call.result?.content) || '(empty)'), from: resultPlace(call, '$') };
  if (verdict.wasted === 'dropped') {
    return [
      {
        kind: 'absent',
        value: 'no later model input holds its result',
        ...(call.result !== undefined && { from: resultPlace(call, '$') }),
      },
    ];
  }
  if (verdict.wasted === 'superseded') {
    const corrections = facts.reissues.get(call)?.corrections ?? [];
    return [
      answer,
      ...corrections.slice(0, MOST).flatMap(({ before, after, learned }): Evidence[] => [
        ...(before === undefined
          ? []
          : [
              {
                kind: facts.supply.isGrounded(before) ? ('replaced' as const) : ('guessed' as const),
                value: excerpt(before.text),
                to: argumentPlace(before.call, before.path),
              },
            ]),
        {
          kind: 'supplied',
          value: excerpt(after.text),
          ...(learned?.results[0] !== undefined && { from: resultPlace(learned.results[0].call, learned.results[0].path) }),
          to: argumentPlace(after.call, after.path),
        },
      ]),
    ];
  }
  if (verdict.instead !== undefined) {
    const other = verdict.instead;
    const held = new Map(resultLeaves(other).map(({ text, leaf }) => [text, leaf.path]));
    const shared = resultLeaves(call)
      .map(({ text, leaf }) => ({ value: text, path: leaf.path }))
      .filter(({ value }) => value.length > 2 && held.has(value))
      .toSorted((a, b) => b.value.length - a.value.length);
    if (shared.length > 0) {
      return shared.slice(0, MOST).map(({ value, path }) => ({
        kind: 'held',
        value: excerpt(value),
        from: resultPlace(other, held.get(value) ?? '$'),
        to: resultPlace(call, path),
      }));
    }
  }
  return [answer];
}

function fixOf(call: ToolCall, { wasted, instead }: Verdict, { facts, judgments }: RuleContext): string {
  const on = judgments.dependences.get(call)?.[0]?.on;
  if (on !== undefined)
    return `Wait for ${on.name} before issuing ${call.name}${facts.effect(call) === 'write' ? `, or mark ${call.name} as run-alone` : ''}.`;
  const tooEarly = [...judgments.dependences].find(([, dependences]) => dependences.some((dependence) => dependence.on === call))?.[0];
  if (wasted === 'unused' && tooEarly !== undefined) return `Issue ${tooEarly.name} in the turn after ${call.name}, with what that gave.`;
  switch (wasted) {
    case 'superseded':
      if (facts.reissues.get(call)?.corrections.length === 0)
        return `Let ${call.name} try again by itself, after a pause, before it answers that it failed.`;
      return facts.outcome(call) === 'failure'
        ? `Make the schema and description of ${call.name} say what it accepts, so that the first attempt is the right one.`
        : `Let ${call.name} take only values that an earlier result supplied.`;
    case 'duplicate':
      return `Drop the repeated ${call.name}, or answer it from the first one's result.`;
    case 'unused':
      return instead === undefined
        ? `Drop ${call.name} here, or say in its description when it is needed.`
        : `Drop this ${call.name}: one ${instead.name === call.name ? 'call' : instead.name} already gave its answer.`;
    default:
      return `Feed the result of ${call.name} back under its call id, or do not run the call.`;
  }
}
