import type { PageRun } from '../../src/report/page-data.ts';
import type { Layout } from './layout.ts';

interface Props {
  runs: PageRun[];
  layouts: Layout[];
}

/** What the bars mean; only what these timelines have. */
export function Legend({ runs, layouts }: Props) {
  const calls = runs.flatMap((run) => run.calls);
  const rows = layouts.flatMap((layout) => layout.rows);
  const waitsFor = (reason: 'barrier' | 'slot'): boolean => rows.some(({ waits }) => waits.some(({ why }) => why === reason));
  const entries: [kind: string, text: string, isThere: boolean][] = [
    ['model', 'model', true],
    ['used', 'tool call, used', calls.some(({ verdict }) => verdict === undefined)],
    ['wasted', 'wasted', calls.some(({ verdict }) => verdict === 'wasted')],
    ['unknown', 'unknown', calls.some(({ verdict }) => verdict === 'unknown')],
    ['used assumed', 'times not recorded', layouts.some((layout) => layout.isTimed && layout.rows.some(({ isTimed }) => !isTimed))],
    ['wait barrier', 'waits for calls that run alone', waitsFor('barrier')],
    ['wait slot', 'waits for a free slot', waitsFor('slot')],
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
