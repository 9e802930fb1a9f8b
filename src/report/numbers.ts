import type { Cost } from '../../analyzers/finding.ts';

export const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`;

export const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

export const duration = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`);

export const dollars = (usd: number): string => `$${usd < 1 ? usd.toPrecision(2) : usd.toFixed(2)}`;

/** "about 130 tokens, 940 ms on the critical path, $0.0004"; '' when nothing is known. */
export function costText({ tokens, ms, criticalMs, usd }: Cost): string {
  const time =
    ms === undefined
      ? []
      : criticalMs === undefined || criticalMs < 0.5
        ? [`${duration(ms)} off the critical path: money, not time`]
        : [`${duration(criticalMs)} on the critical path`];
  return [...(tokens === undefined ? [] : [`about ${count(tokens, 'token')}`]), ...time, ...(usd === undefined ? [] : [dollars(usd)])].join(
    ', ',
  );
}
