import type { PageRow } from '../../src/report/page-data.ts';
import type { OpenRun, Report } from '../report-data.ts';
import { compareHref } from '../route.ts';

/** So many others are offered; the list of a large report would be no choice. */
const MOST = 200;

const runName = ({ asked, id, variant, trial }: PageRow): string =>
  [variant, trial === undefined ? undefined : `trial ${trial}`, asked === '' ? id : asked.slice(0, 60)].filter(Boolean).join(' · ');

interface Props {
  report: Report;
  open: OpenRun;
  /** Runs of the same task. */
  suggested: PageRow[];
}

/** The way from a run to two of them side by side. */
export function CompareWith({ report, open: { row }, suggested }: Props) {
  const others = report.rows.filter((other) => other !== row && !suggested.includes(other)).slice(0, MOST);
  const [best] = suggested;
  if (suggested.length + others.length === 0) return null;
  return (
    <p class="compare-with">
      {best !== undefined && (
        <a class="button" href={compareHref(row.key, best.key)}>
          Side by side with {best.variant ?? 'its counterpart'}
        </a>
      )}
      <label>
        <span>{best === undefined ? 'Side by side with' : 'or with'}</span>
        <select
          value=""
          onChange={({ currentTarget: { value } }) => {
            location.hash = compareHref(row.key, value);
          }}
        >
          <option value="">choose a run</option>
          <Group label="The same task" runs={suggested} />
          <Group label="Other runs" runs={others} />
        </select>
      </label>
    </p>
  );
}

function Group({ label, runs }: { label: string; runs: PageRow[] }) {
  if (runs.length === 0) return null;
  return (
    <optgroup label={label}>
      {runs.map((run) => (
        <option key={run.key} value={run.key}>
          {runName(run)}
        </option>
      ))}
    </optgroup>
  );
}
