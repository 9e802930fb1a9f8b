import type { ToolCall } from '../src/model/run.ts';

export type TimedCall = ToolCall & { start: number; end: number };

/** The calls of a batch that the model issued for now, with the times they ran. */
export const timedCalls = (calls: readonly ToolCall[]): TimedCall[] =>
  calls.filter(
    (call): call is TimedCall =>
      call.origin === 'model' && !call.speculative && call.start !== undefined && call.end !== undefined && call.end >= call.start,
  );

export const durationOf = ({ start, end }: TimedCall): number => end - start;

export const timeText = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);
