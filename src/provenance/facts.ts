import type { Run, ToolCall } from '../model/run.ts';
import { findPassedOver } from './absences.ts';
import { findAmendments, type Amendment } from './amendments.ts';
import { findDuplicates } from './duplicates.ts';
import { effectOf, type Effect } from './effect.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { readInstructions, type Instructions } from './instructions.ts';
import { learnedFeeds, type LearnedEdge, type LearnedFeeds } from './learned.ts';
import { findReckoned } from './reckoned.ts';
import { findRedundancy, type Redundancy } from './redundancy.ts';
import { findReissues, type Reissue } from './reissue.ts';
import { buildSupply, type SupplyIndex } from './supply.ts';
import { findUses, type Credit } from './uses.ts';

/** What is known of a run beyond its shape; each fact is computed when first asked for, once, and shared by all rules. */
export interface Facts {
  effect(call: ToolCall): Effect;
  outcome(call: ToolCall): Outcome;
  readonly supply: SupplyIndex;
  readonly reissues: ReadonlyMap<ToolCall, Reissue>;
  readonly duplicates: ReadonlyMap<ToolCall, ToolCall>;
  readonly redundancy: ReadonlyMap<ToolCall, Redundancy>;
  readonly credits: ReadonlyMap<ToolCall, Credit>;
  /** Calls that were answered with nothing, which nobody minded. */
  readonly passedOver: ReadonlySet<ToolCall>;
  readonly amendments: ReadonlyMap<ToolCall, Amendment>;
  readonly instructions: Instructions;
  /** Calls whose numbers the model added up or took from one another. */
  readonly reckoned: ReadonlySet<ToolCall>;
  /** What other runs taught of the arguments of its tools. */
  readonly learned: LearnedFeeds;
}

export interface FactOptions {
  /** The user's word on what tools do, by tool name. */
  effects?: Readonly<Record<string, Effect>>;
  /** What other runs taught. */
  learned?: { readonly edges: readonly LearnedEdge[] } | undefined;
}

/** A sibling that answers with so much of the same has nothing of its own. */
const ALIKE = 0.9;

export function factsOf(run: Run, options: FactOptions = {}): Facts {
  const definitions = new Map(run.tools.map((tool) => [tool.name, tool]));
  const effects = new Map<string, Effect>();
  const effect = (call: ToolCall): Effect => {
    const known = effects.get(call.name) ?? effectOf(call.name, definitions, options.effects);
    effects.set(call.name, known);
    return known;
  };
  const outcomes = new Map<ToolCall, Outcome>();
  const outcome = (call: ToolCall): Outcome => {
    const known = outcomes.get(call) ?? outcomeOf(call);
    outcomes.set(call, known);
    return known;
  };
  const supply = lazy(() => buildSupply(run));
  const reissues = lazy(() => findReissues(run, supply(), effect));
  const putAside = lazy(() => new Set(reissues().keys()));
  const redundancy = lazy(() => findRedundancy(run, putAside()));
  const alike = lazy(
    () => new Set([...redundancy()].flatMap(([call, { covered, alike: isAlike }]) => (isAlike && covered >= ALIKE ? [call] : []))),
  );
  const credits = lazy(() => findUses(run, alike(), putAside()));
  const passedOver = lazy(() => findPassedOver(run, effect));
  const amendments = lazy(() => findAmendments(run, supply(), effect));
  const instructions = lazy(() => readInstructions(run));
  const reckoned = lazy(() => findReckoned(run));
  const duplicates = lazy(() => findDuplicates(run, effect));
  const learned = lazy(() => learnedFeeds(options.learned?.edges));
  return {
    effect,
    outcome,
    get supply() {
      return supply();
    },
    get reissues() {
      return reissues();
    },
    get duplicates() {
      return duplicates();
    },
    get redundancy() {
      return redundancy();
    },
    get credits() {
      return credits();
    },
    get passedOver() {
      return passedOver();
    },
    get amendments() {
      return amendments();
    },
    get instructions() {
      return instructions();
    },
    get reckoned() {
      return reckoned();
    },
    get learned() {
      return learned();
    },
  };
}

function lazy<T>(compute: () => T): () => T {
  let value: { of: T } | undefined;
  return () => (value ??= { of: compute() }).of;
}
