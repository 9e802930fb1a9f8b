import { count, duration } from '../../src/report/numbers.ts';
import type { PageCall } from '../../src/report/page-data.ts';
import type { Layout, Row } from './layout.ts';

export const rowTime = ({ isTimed, from, to }: Row): string => (isTimed ? duration(to - from) : '');

/** When a row ran, for those who do not see the bar. */
export function barWords(row: Row, isTimed: boolean): string {
  if (!isTimed) return `step ${Math.floor(row.from) + 1}`;
  if (!row.isTimed) return 'its times are not recorded';
  const waits = row.waits.map(({ why, from, to }) => `waited ${duration(to - from)} ${WAITS[why]}, `).join('');
  return `${waits}began at ${duration(row.from)}, took ${duration(row.to - row.from)}`;
}

/** What a timeline cannot know, in a sentence; '' where everything has its times. */
export function untimedWords({ rows, isTimed }: Pick<Layout, 'rows' | 'isTimed'>): string {
  if (!isTimed) return 'This trace has no times: the bars show the order of things, not how long they took.';
  const missing = (['call', 'model'] as const).flatMap((kind) => {
    const all = rows.filter((row) => row.kind === kind);
    const untimed = all.filter((row) => !row.isTimed).length;
    if (untimed === 0) return [];
    return untimed === all.length ? `the ${KINDS[kind]}s` : `${untimed} of ${count(all.length, KINDS[kind])}`;
  });
  return missing.length === 0
    ? ''
    : `The times of ${missing.join(' and ')} were not recorded: the dashed bars show the time left for them, not how long they took.`;
}

const KINDS = { call: 'tool call', model: 'model call' };

const WAITS = { barrier: 'for calls that run alone', slot: 'for a free slot' };

export const dependsWords = (call: PageCall, calls: readonly PageCall[]): string =>
  call.dependsOn === undefined
    ? ''
    : `should have waited for ${[...new Set(call.dependsOn.map((index) => calls[index]?.name ?? '?'))].join(' and ')}`;

export const pauseText = (ms: number): string =>
  ms < 90_000
    ? `${Math.round(ms / 1000)} s pause`
    : ms < 5_400_000
      ? `${Math.round(ms / 60_000)} min pause`
      : `${Math.round(ms / 3_600_000)} h pause`;

/** A place on the axis, as short as it can be said. */
export function tickText(ms: number): string {
  if (ms === 0) return '0';
  if (ms >= 3_600_000) return `${Math.floor(ms / 3_600_000)}:${twoDigits((ms / 60_000) % 60)} h`;
  if (ms >= 60_000) return `${Math.floor(ms / 60_000)}:${twoDigits((ms / 1000) % 60)} min`;
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}

const twoDigits = (n: number): string => String(Math.floor(n)).padStart(2, '0');
