import type { ToolCall } from '../src/model/run.ts';
import type { EvidencePlace } from './finding.ts';

/** Longest value shown as evidence. */
const SHOWN = 160;

export function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`;
}

export const quote = (text: string): string => JSON.stringify(excerpt(text));

export const argumentPlace = (call: ToolCall, path: string): EvidencePlace => ({ call: call.id, turn: call.turn, part: 'arguments', path });

export const resultPlace = (call: ToolCall, path: string): EvidencePlace => ({ call: call.id, turn: call.turn, part: 'result', path });

export const spanIdsOf = (calls: readonly ToolCall[]): string[] =>
  calls.flatMap((call) => (call.spanId === undefined ? [] : [call.spanId]));
