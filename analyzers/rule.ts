import type { Run } from '../src/model/run.ts';
import type { Facts } from '../src/provenance/facts.ts';
import type { Finding, Severity } from './finding.ts';
import type { Judgments } from './judgments.ts';
import type { Prices } from './prices.ts';

/** What a rule looks at: the run, the facts about it, and the judgments all rules share. */
export interface RuleContext {
  run: Run;
  facts: Facts;
  judgments: Judgments;
  prices: Prices;
}

/** One kind of finding: one file here, one page under `docs/rules/`, one folder under `fixtures/`. */
export interface Rule {
  id: string;
  summary: string;
  severity: Severity;
  /** Pure: the same context gives the same findings. */
  analyze(context: RuleContext): Finding[];
}

/** Types a rule and keeps its shape in one place. */
export function defineRule(rule: Rule): Rule {
  return rule;
}
