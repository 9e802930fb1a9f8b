import { canonicalJson } from '../model/canonical.ts';
import type { Run, ToolCall } from '../model/run.ts';
import { argumentsOf } from './arguments.ts';
import { distinctiveness } from './distinct.ts';
import { resultLeaves } from './results.ts';
import { tokenize } from '../text/tokens.ts';

/** How much of a result the model already held. */
export interface Redundancy {
  /** Share of what the result says that earlier results said, 0..1. */
  covered: number;
  /** How much the result says at all; below 1 it is an acknowledgement or a flag. */
  substance: number;
  /** The earlier results that said it, the one that said most first. */
  heldBy: ToolCall[];
  /** True when one of them is a sibling of the same batch. */
  alike: boolean;
  /** True when the same call was answered before and a field has another value now. */
  changed: boolean;
}

/**
 * Compares each result with all that came before it, in one pass: of a batch the first listed counts as
 * earlier. Results in `putAside` hold nothing: the model could not rely on them.
 */
export function findRedundancy(run: Run, putAside: ReadonlySet<ToolCall>): Map<ToolCall, Redundancy> {
  const holders = new Map<string, ToolCall>();
  const latest = new Map<string, ToolCall>();
  const found = new Map<ToolCall, Redundancy>();
  for (const turn of run.turns) {
    for (const call of inBatchOrder(turn.fed)) {
      if (putAside.has(call)) continue;
      const units = unitsOf(call);
      const asked = `${call.name} ${canonicalJson(call.arguments)}`;
      const before = latest.get(asked);
      latest.set(asked, call);
      const shares = new Map<ToolCall, number>();
      let substance = 0;
      let covered = 0;
      for (const [unit, weight] of units) {
        substance += weight;
        const holder = holders.get(unit);
        if (holder === undefined) holders.set(unit, call);
        else if (holder !== call && weight > 0) {
          covered += weight;
          shares.set(holder, (shares.get(holder) ?? 0) + weight);
        }
      }
      const heldBy = [...shares].toSorted((a, b) => b[1] - a[1]).map(([holder]) => holder);
      found.set(call, {
        covered: substance === 0 ? 0 : covered / substance,
        substance,
        heldBy,
        alike: heldBy[0]?.turn === call.turn,
        changed: before !== undefined && before.turn !== call.turn && saysOtherwise(call, before),
      });
    }
  }
  return found;
}

/** A field that both have says something else. */
function saysOtherwise(call: ToolCall, before: ToolCall): boolean {
  const said = new Map(resultLeaves(before).map(({ leaf, norm }) => [leaf.path, norm]));
  return resultLeaves(call).some(({ leaf, norm }) => said.has(leaf.path) && said.get(leaf.path) !== norm);
}

const inBatchOrder = (calls: readonly ToolCall[]): ToolCall[] =>
  calls.toSorted((a, b) => a.turn - b.turn || a.choice - b.choice || a.index - b.index);

/** Longer texts are compared sentence by sentence. */
const SENTENCE = /(?<=[.!?])\s+|\n+/u;

/** `[3] `, `3. `, `- `: where a piece stands in a list says nothing of it. */
const LIST_MARK = /^\s*(?:[-*•]|\[?\d{1,3}[\].):])\s+/u;

/** What a result says, as comparable units with their weight; what merely echoes the arguments weighs nothing. */
function unitsOf(call: ToolCall): Map<string, number> {
  const own = new Set(argumentsOf(call).map(({ norm }) => norm));
  const units = new Map<string, number>();
  for (const one of resultLeaves(call)) {
    const { leaf, text } = one;
    const pieces = text.length > 80 ? text.split(SENTENCE) : [text];
    for (const piece of pieces) {
      const tokens = piece === text ? one.tokens : tokenize(piece.replace(LIST_MARK, ''));
      const said = piece === text ? one.norm : tokens.map(({ norm }) => norm).join(' ');
      const weight = tokens.reduce((sum, { norm }) => sum + distinctiveness(norm), 0);
      const isEcho = own.has(said) && said !== '';
      // A short value means something only under its key; a sentence means the same anywhere.
      const unit = pieces.length > 1 || tokens.length > 6 ? said : `${leaf.key}=${said}`;
      units.set(unit, isEcho ? 0 : Math.max(0.05, Math.min(weight, 2)));
    }
  }
  return units;
}
