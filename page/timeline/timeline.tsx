import { useMemo } from 'preact/hooks';
import { count } from '../../src/report/numbers.ts';
import type { PageRun } from '../../src/report/page-data.ts';
import { tagsOf, Tags } from '../tags.tsx';
import { useIsNarrow } from '../use-media.ts';
import { Axis } from './axis.tsx';
import { Bar } from './bar.tsx';
import { Links } from './links.tsx';
import type { Layout, Row } from './layout.ts';
import { dependsWords, rowTime } from './words.ts';

interface Props {
  run: PageRun;
  layout: Layout;
  /** Where the axis ends: more than the run's own end where two runs share it. */
  end: number;
  label: string;
  /** Most marks on the axis, where it is not narrow. */
  marks?: number;
  selected?: number | undefined;
  /** Called with the index of a call that is pointed at or focused (`isPinned` false), or clicked; with none when it is left. */
  onCall?: (call: number | undefined, isPinned: boolean) => void;
}

/** Heights in pixels: arrows between rows need them as numbers. */
const HEIGHTS = { wide: { model: 34, call: 30, tags: 20, tagsALine: 1 }, narrow: { model: 46, call: 44, tags: 21, tagsALine: 2 } };

/** Turns and batches from top to bottom, time from left to right. */
export function Timeline({ run, layout, end, label, marks = 8, selected, onCall }: Props) {
  const isNarrow = useIsNarrow();
  const heights = HEIGHTS[isNarrow ? 'narrow' : 'wide'];
  const tops = useMemo(() => {
    let top = 0;
    return layout.rows.map((row) => {
      const tagLines = Math.min(2, Math.ceil(tagCount(row, run) / heights.tagsALine));
      const height = heights[row.kind] + tagLines * heights.tags;
      top += height;
      return { top: top - height, height };
    });
  }, [layout, heights, run]);
  const last = tops.at(-1);
  const height = last === undefined ? 0 : last.top + last.height;
  const middle = (i: number): number => (tops[i]?.top ?? 0) + (isNarrow ? (tops[i]?.height ?? 0) - 10 : (tops[i]?.height ?? 0) / 2);
  return (
    <div class="timeline">
      <Axis layout={layout} end={end} height={height} most={isNarrow ? 4 : marks} />
      <ol class="rows" aria-label={label}>
        {layout.rows.map((row, i) => (
          <li key={i} style={{ height: `${tops[i]?.height ?? 0}px` }} class={row.kind}>
            {row.call === undefined ? (
              <ModelRow row={row} layout={layout} end={end} />
            ) : (
              <CallRow row={row} layout={layout} end={end} run={run} isSelected={row.call === selected} onCall={onCall} />
            )}
          </li>
        ))}
      </ol>
      <Links layout={layout} run={run} end={end} height={height} middle={middle} />
    </div>
  );
}

const tagCount = (row: Row, run: PageRun): number => {
  const call = row.call === undefined ? undefined : run.calls[row.call];
  return call === undefined ? 0 : tagsOf(call).length;
};

interface RowProps {
  row: Row;
  layout: Layout;
  end: number;
}

function ModelRow({ row, layout, end }: RowProps) {
  return (
    <div class="row">
      <span class="name">
        <b>Turn {row.turn + 1}</b>
        <span class="dim">{row.batch === 0 ? 'answer' : row.batch === 1 ? 'one call' : `${count(row.batch, 'call')} at once`}</span>
      </span>
      <Bar row={row} layout={layout} end={end} kind="model" />
      <span class="time">{rowTime(row)}</span>
    </div>
  );
}

interface CallRowProps extends RowProps {
  run: PageRun;
  isSelected: boolean;
  onCall: Props['onCall'];
}

function CallRow({ row, layout, end, run, isSelected, onCall }: CallRowProps) {
  const index = row.call ?? 0;
  const call = run.calls[index];
  if (call === undefined) return null;
  const content = (
    <>
      <span class={row.batch > 1 ? 'name parallel' : 'name'}>
        <bdi class="tool">{call.name}</bdi>
        <span class="tags">
          <Tags call={call} />
        </span>
        {call.dependsOn !== undefined && <span class="unseen">{dependsWords(call, run.calls)}</span>}
      </span>
      <Bar row={row} layout={layout} end={end} kind={call.verdict ?? 'used'} />
      <span class="time">{rowTime(row)}</span>
    </>
  );
  if (onCall === undefined) return <div class="row">{content}</div>;
  return (
    <button
      class="row"
      type="button"
      aria-pressed={isSelected}
      onClick={() => onCall(index, true)}
      onMouseEnter={() => onCall(index, false)}
      onMouseLeave={() => onCall(undefined, false)}
      onFocus={() => onCall(index, false)}
      onBlur={() => onCall(undefined, false)}
    >
      {content}
    </button>
  );
}
