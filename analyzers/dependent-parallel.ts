import { normalForm } from '../src/text/tokens.ts';
import { costOf } from './cost.ts';
import type { Dependence } from './dependence.ts';
import type { Evidence } from './finding.ts';
import { argumentPlace, excerpt, quote, resultPlace, spanIdsOf } from './places.ts';
import { defineRule, type Rule, type RuleContext } from './rule.ts';

/** A call issued beside the sibling it should have waited for. What counts: `docs/rules/dependent-parallel.md`. */
export const dependentParallel: Rule = defineRule({
  id: 'dependent-parallel',
  summary: 'A call issued beside the call whose result it needed',
  severity: 'warning',
  analyze(context) {
    const { run, facts, judgments, prices } = context;
    return [...judgments.dependences].map(([call, dependences]) => {
      const others = [...new Set(dependences.flatMap(({ on, again }) => (again === undefined ? [on] : [on, again])))];
      const related = [call, ...others];
      const isWrite = facts.effect(call) === 'write';
      // A write on a guess that went through is the mistake that nobody sees.
      const wentThrough = isWrite && facts.outcome(call) === 'answer';
      return {
        rule: 'dependent-parallel',
        severity: wentThrough ? ('error' as const) : ('warning' as const),
        message: messageOf(dependences),
        calls: related.map((one) => one.id),
        spanIds: spanIdsOf(related),
        confidence: Math.max(...dependences.map((dependence) => dependence.confidence)),
        evidence: dependences.flatMap(evidenceOf),
        // A call that went through cost nothing extra: its price is the mistake.
        cost: judgments.verdicts.get(call)?.verdict === 'wasted' ? costOf(call, run, prices) : {},
        fix: fixOf(dependences, context),
      };
    });
  },
});

const names = (dependences: readonly Dependence[]): string => [...new Set(dependences.map(({ on }) => on.name))].join(' and ');

function messageOf(dependences: readonly Dependence[]): string {
  const [first] = dependences;
  const call = first?.call.name ?? '';
  const beside = `${call} was issued beside ${names(dependences)}`;
  if (first?.how === 'decided') return `${beside}, whose answer should have decided whether to issue it`;
  const guessed = dependences.flatMap(({ argument, value, how }) => {
    if (argument === undefined) return [];
    const isLucky = how === 'fed' && value !== undefined && normalForm(value) === argument.norm;
    return [`${argument.key} ${quote(argument.text)}${isLucky ? ', which turned out right' : ''}`];
  });
  return `${beside}, whose result it needed: it guessed ${guessed.join(' and ')}${habitOf(dependences)}`;
}

/** What other runs do. */
function habitOf(dependences: readonly Dependence[]): string {
  const learned = dependences.find((dependence) => dependence.learned !== undefined)?.learned;
  return learned === undefined
    ? ''
    : `; ${learned.support} of ${learned.opportunities} calls took that from ${learned.from.tool} ${learned.from.path}`;
}

function evidenceOf({ call, on, argument, value, path, again, instruction }: Dependence): Evidence[] {
  if (argument === undefined || value === undefined) {
    return [
      ...(argument === undefined
        ? []
        : [{ kind: 'guessed' as const, value: excerpt(argument.text), to: argumentPlace(call, argument.path) }]),
      ...(instruction === undefined ? [] : [{ kind: 'required' as const, value: excerpt(instruction) }]),
      ...(again === undefined ? [] : [{ kind: 'absent' as const, value: `${again.name} took it back once ${on.name} had answered` }]),
      {
        kind: 'absent',
        value: `${call.name} could not know the answer of ${on.name}`,
        from: resultPlace(on, '$'),
        to: argumentPlace(call, '$'),
      },
    ];
  }
  return [
    { kind: 'guessed', value: excerpt(argument.text), to: argumentPlace(call, argument.path) },
    {
      kind: 'supplied',
      value: excerpt(value),
      from: resultPlace(on, path ?? '$'),
      ...(again !== undefined && { to: argumentPlace(again, argument.path) }),
    },
  ];
}

function fixOf(dependences: readonly Dependence[], { facts }: RuleContext): string {
  const call = dependences[0]?.call;
  if (call === undefined) return '';
  const wait = `Issue ${call.name} in the turn after ${names(dependences)}`;
  return facts.effect(call) === 'write' ? `${wait}; mark ${call.name} as run-alone so that it never rides along.` : `${wait}.`;
}
