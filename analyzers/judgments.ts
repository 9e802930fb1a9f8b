import type { Run, ToolCall } from '../src/model/run.ts';
import type { Facts } from '../src/provenance/facts.ts';
import { dependencesOf, type Dependence } from './dependence.ts';
import { verdictsOf, type Verdict } from './verdict.ts';

/** The verdict on every call, and what it should have waited for. Judged once, used by rules and report alike. */
export interface Judgments {
  verdicts: ReadonlyMap<ToolCall, Verdict>;
  dependences: ReadonlyMap<ToolCall, readonly Dependence[]>;
}

export function judgmentsOf(run: Run, facts: Facts): Judgments {
  return { verdicts: verdictsOf(run, facts), dependences: dependencesOf(run, facts) };
}
