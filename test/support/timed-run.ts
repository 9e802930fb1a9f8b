import type { Run, ToolCall, Turn } from '../../src/model/run.ts';

export interface TimedCall extends Partial<Pick<ToolCall, 'waits' | 'arguments' | 'result' | 'speculative' | 'origin'>> {
  id: string;
  name?: string;
  at?: [start: number, end: number];
}

export interface TimedTurn extends Partial<Pick<Turn, 'userTurn' | 'text' | 'context' | 'error' | 'kept'>> {
  at?: [start: number, end: number];
  calls?: TimedCall[];
}

const spanOf = (at: [number, number] | undefined): { start?: number; end?: number } =>
  at === undefined ? {} : { start: at[0], end: at[1] };

/** A run with times, made by hand; every result is fed to the turn after its call's. */
export function timedRun(turns: readonly TimedTurn[]): Run {
  const run: Run = { id: 'run', dialect: 'x', source: 'x', tools: [], turns: [], calls: [], trailing: [] };
  for (const [index, { at, calls = [], ...more }] of turns.entries()) {
    const made = calls.map(({ at: ranAt, ...call }, i): ToolCall => ({
      name: call.id,
      arguments: {},
      result: { content: 'done', error: false },
      origin: 'model',
      speculative: false,
      pending: false,
      turn: index,
      choice: 0,
      index: i,
      batchSize: calls.length,
      ran: true,
      ...(index + 1 < turns.length && { fedTurn: index + 1 }),
      ...call,
      ...spanOf(ranAt),
    }));
    run.turns.push({
      index,
      userTurn: 0,
      context: [],
      fed: run.turns.at(-1)?.calls ?? [],
      text: [],
      reasoning: [],
      captured: true,
      kept: true,
      repeated: true,
      ...more,
      calls: made,
      ...spanOf(at),
    });
    run.calls.push(...made);
  }
  return run;
}
