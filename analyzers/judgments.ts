import type { Run, ToolCall } from '../src/model/run.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { dependencesOf, type Dependence } from './dependence.ts';
import { prerequisitesOf, type Prerequisites } from './prerequisites.ts';
import { verdictsOf, type Verdict } from './verdict.ts';

/** The verdict on every call, and what it should have waited for. Judged once, used by rules and report alike. */
export interface Judgments {
  verdicts: ReadonlyMap<ToolCall, Verdict>;
  dependences: ReadonlyMap<ToolCall, readonly Dependence[]>;
  /** What each call had to wait for; judged where it is asked for. */
  prerequisites: Prerequisites;
}

export function judgmentsOf(run: Run, facts: Facts): Judgments {
  const dependences = dependencesOf(run, facts);
  let prerequisites: Prerequisites | undefined;
  return {
    verdicts: verdictsOf(run, facts),
    dependences,
    prerequisites: (call, among) => (prerequisites ??= prerequisitesOf(run, facts, dependences))(call, among),
  };
}
