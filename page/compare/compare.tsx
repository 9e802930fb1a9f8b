import { useMemo } from 'preact/hooks';
import { duration } from '../../src/report/numbers.ts';
import type { OpenRun, Report } from '../report-data.ts';
import { compareHref, runHref } from '../route.ts';
import { layoutOf, type Layout } from '../timeline/layout.ts';
import { Notes } from '../notes.tsx';
import { Legend } from '../timeline/legend.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import { progressAt } from './progress.ts';
import { Transport } from './transport.tsx';
import { usePlayer } from './use-player.ts';

interface Side {
  name: string;
  open: OpenRun;
  layout: Layout;
}

/** Two runs on one axis, played in step. */
export function Compare({ report, a, b }: { report: Report; a: OpenRun; b: OpenRun }) {
  const sides = useMemo(() => sidesOf([a, b]), [a, b]);
  const end = Math.max(...sides.map(({ layout }) => layout.end));
  const isTimed = sides.every(({ layout }) => layout.isTimed);
  const events = useMemo(() => sides.flatMap(({ layout }) => layout.rows.flatMap(({ from, to }) => [from, to])), [sides]);
  const player = usePlayer(end, events, isTimed);
  const text = (at: number): string => (isTimed ? duration(at) : `step ${Math.floor(at)}`);
  const sameTask = a.row.example !== undefined && a.row.example === b.row.example;
  return (
    <>
      <h1 tabIndex={-1}>Side by side</h1>
      <p class="asked">
        <bdi>{sameTask || a.row.asked === b.row.asked ? `“${a.row.asked}”` : 'Two different tasks.'}</bdi>
      </p>
      <Notes report={report} rows={[a.row, b.row]} />
      <Transport player={player} end={end} text={text} />
      <Legend runs={[a.run, b.run]} layouts={sides.map(({ layout }) => layout)} />
      {!isTimed && <p class="dim">One of these traces has no times: the bars show the order of things, not how long they took.</p>}
      <div class="sides">
        {sides.map((side, i) => (
          <SideView key={i} side={side} end={end} at={player.at} text={text} isPlaying={player.isPlaying} />
        ))}
      </div>
      <p>
        <a href={compareHref(b.row.key, a.row.key)}>Swap the sides</a>
        {' · '}
        <a href="#/runs">All {report.rows.length} runs</a>
      </p>
    </>
  );
}

function sidesOf(opens: [OpenRun, OpenRun]): Side[] {
  const isTimed = opens.every(({ run }) => layoutOf(run).isTimed);
  return opens.map((open, i) => ({
    name: open.row.variant ?? `Run ${'AB'[i] ?? ''}`,
    open,
    layout: layoutOf(open.run, !isTimed),
  }));
}

interface SideProps {
  side: Side;
  end: number;
  at: number;
  text: (at: number) => string;
  isPlaying: boolean;
}

function SideView({ side: { name, open, layout }, end, at, text, isPlaying }: SideProps) {
  const { calls, wasted, isOver } = progressAt(open.run, layout, at);
  // Drawn once: while it plays, only the curtain moves.
  const timeline = useMemo(
    () => <Timeline run={open.run} layout={layout} end={end} label={`Turns and tool calls of ${name}`} marks={5} />,
    [open, layout, end],
  );
  return (
    <section class="side" aria-label={name}>
      <h2>
        <bdi>{name}</bdi>
        {open.row.trial !== undefined && <span class="dim"> trial {open.row.trial}</span>}
      </h2>
      <dl class="counters">
        <div>
          <dt>elapsed</dt>
          <dd>{text(Math.min(at, layout.end))}</dd>
        </div>
        <div>
          <dt>calls done</dt>
          <dd>
            {calls} of {open.row.calls}
          </dd>
        </div>
        <div class={wasted > 0 ? 'some' : ''}>
          <dt>wasted</dt>
          <dd>{wasted}</dd>
        </div>
      </dl>
      <p class="unseen" aria-live="polite">
        {isPlaying && wasted > 0 ? `${name}: ${wasted} wasted` : ''}
        {isPlaying && isOver ? `${name}: done` : ''}
      </p>
      <div class="played">
        {timeline}
        {at < end && (
          <svg class="curtain" width="100%" height="100%" aria-hidden="true">
            <rect x={`${(100 * at) / end}%`} y="0" width={`${100 - (100 * at) / end}%`} height="100%" />
            <line x1={`${(100 * at) / end}%`} x2={`${(100 * at) / end}%`} y1="0" y2="100%" />
          </svg>
        )}
      </div>
      <p>
        <a href={runHref(open.row.key)}>Open this run</a>
        <span class="dim"> · {isOver ? `done after ${text(layout.end)}` : 'running'}</span>
      </p>
    </section>
  );
}
