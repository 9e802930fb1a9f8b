import type { PageRun } from '../../src/report/page-data.ts';

/** What the bars mean; only what this run has. */
export function Legend({ runs }: { runs: PageRun[] }) {
  const calls = runs.flatMap((run) => run.calls);
  const entries: [kind: string, text: string, isThere: boolean][] = [
    ['model', 'model', true],
    ['used', 'tool call, used', calls.some(({ verdict }) => verdict === undefined)],
    ['wasted', 'wasted', calls.some(({ verdict }) => verdict === 'wasted')],
    ['unknown', 'unknown', calls.some(({ verdict }) => verdict === 'unknown')],
    ['wait barrier', 'waits for calls that run alone', calls.some(({ waits }) => (waits?.[0] ?? 0) >= 1)],
    ['wait slot', 'waits for a free slot', calls.some(({ waits }) => (waits?.[1] ?? 0) >= 1)],
  ];
  return (
    <ul class="legend" aria-label="What the bars mean">
      {entries
        .filter(([, , isThere]) => isThere)
        .map(([kind, text]) => (
          <li key={kind}>
            <svg width="22" height="12" aria-hidden="true">
              <rect class={kind} x="0.5" y="0.5" width="21" height="11" rx="3" />
            </svg>
            {text}
          </li>
        ))}
      {calls.some(({ dependsOn }) => dependsOn !== undefined) && (
        <li>
          <svg class="links" width="22" height="12" aria-hidden="true">
            <line x1="1" x2="20" y1="6" y2="6" marker-end="url(#arrow)" />
          </svg>
          should have waited for
        </li>
      )}
    </ul>
  );
}
