import type { ToolCall } from '../src/model/run.ts';
import type { EvidencePlace } from './finding.ts';

/** Longest value shown as evidence. */
const SHOWN = 160;

/** A text on one line, cut where it is longer. */
export function excerpt(text: string, longest: number = SHOWN): string {
  const line = text
    .slice(0, 4 * longest)
    .replaceAll(/\s+/gu, ' ')
    .trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

export const quote = (text: string): string => JSON.stringify(excerpt(text));

export const argumentPlace = (call: ToolCall, path: string): EvidencePlace => ({ call: call.id, turn: call.turn, part: 'arguments', path });

export const resultPlace = (call: ToolCall, path: string): EvidencePlace => ({ call: call.id, turn: call.turn, part: 'result', path });

export const spanIdsOf = (calls: readonly ToolCall[]): string[] =>
  calls.flatMap((call) => (call.spanId === undefined ? [] : [call.spanId]));
