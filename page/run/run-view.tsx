import { useEffect, useMemo, useState } from 'preact/hooks';
import { count, duration } from '../../src/report/numbers.ts';
import { counterparts, type OpenRun, type Report } from '../report-data.ts';
import { Notes } from '../notes.tsx';
import { Passed } from '../tags.tsx';
import { layoutOf } from '../timeline/layout.ts';
import { Legend } from '../timeline/legend.tsx';
import { withShortPauses } from '../timeline/pauses.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { untimedWords } from '../timeline/words.ts';
import { useIsStacked } from '../use-media.ts';
import { CallDetail } from './call-detail.tsx';
import { CompareWith } from './compare-with.tsx';
import { Conversation } from './conversation.tsx';
import { Findings } from './findings.tsx';

export function RunView({ report, open }: { report: Report; open: OpenRun }) {
  const { row, run } = open;
  const layout = useMemo(() => withShortPauses(layoutOf(run)), [run]);
  const untimed = untimedWords(layout);
  const isStacked = useIsStacked();
  const first = isStacked ? undefined : (run.findings[0]?.calls[0] ?? (run.calls.length > 0 ? 0 : undefined));
  const [pinned, pin] = useState(first);
  const [pointed, point] = useState<number>();
  const shown = pointed ?? pinned;
  const call = shown === undefined ? undefined : run.calls[shown];
  const select = (index: number | undefined, isPinned: boolean): void => {
    if (isPinned) pin(index);
    if (!isStacked) point(isPinned ? undefined : index);
  };
  const close = (): void => {
    document.querySelector<HTMLElement>('.rows [aria-pressed="true"]')?.focus();
    pin(undefined);
  };
  useEffect(() => {
    const escape = ({ key }: KeyboardEvent): void => (key === 'Escape' && isStacked ? close() : undefined);
    addEventListener('keydown', escape);
    return () => removeEventListener('keydown', escape);
  }, [isStacked]);
  return (
    <>
      <h1 class="asked" tabIndex={-1}>
        <bdi>{row.asked === '' ? row.id : `“${row.asked}”`}</bdi>
      </h1>
      <Notes report={report} rows={[row]} />
      <RunFacts open={open} />
      <CompareWith report={report} open={open} suggested={counterparts(report, open)} />
      <div class="run-columns">
        <div>
          <section aria-labelledby="timeline-heading">
            <h2 id="timeline-heading">Timeline</h2>
            <Legend runs={[run]} layouts={[layout]} />
            {untimed !== '' && <p class="dim">{untimed}</p>}
            <Timeline run={run} layout={layout} end={layout.end} label="Turns and their tool calls" selected={shown} onCall={select} />
          </section>
          <Findings run={run} onCall={(index) => select(index, true)} />
          <Conversation run={run} />
        </div>
        {call !== undefined && <CallDetail run={run} call={call} index={shown ?? 0} {...(isStacked && { onClose: close })} />}
      </div>
    </>
  );
}

function RunFacts({ open: { row, run } }: { open: OpenRun }) {
  const facts: [string, string][] = [
    ['latency', row.ms === undefined ? 'not recorded' : duration(row.ms)],
    ['tool calls', `${row.calls} in ${count(row.turns, 'turn')}`],
    ['tokens', row.tokens === 0 ? 'not recorded' : row.tokens.toLocaleString('en-US')],
    ...(['variant', 'example', 'trial'] as const).flatMap((label): [string, string][] =>
      row[label] === undefined ? [] : [[label, row[label]]],
    ),
    ...(run.began === undefined ? [] : [['began', new Date(run.began).toISOString().slice(0, 19).replace('T', ' ')] as [string, string]]),
    ['run', row.id],
    ['source', row.source],
  ];
  return (
    <div class="run-facts">
      <p class={row.wasted > 0 ? 'counter some' : 'counter'}>
        <b>{row.wasted}</b> wasted {row.wasted === 1 ? 'call' : 'calls'} of {row.calls}
      </p>
      <dl>
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{text}</bdi>
            </dd>
          </div>
        ))}
        {typeof run.score?.correct === 'boolean' && (
          <div>
            <dt>answer</dt>
            <dd>
              <Passed passed={run.score.correct} words={['correct', 'wrong']} />
            </dd>
          </div>
        )}
      </dl>
      {run.score !== undefined && run.score.checks.length > 0 && (
        <details>
          <summary>{count(run.score.checks.length, 'check')} of the answer</summary>
          <ul class="plain">
            {run.score.checks.map((check, i) => (
              <li key={i}>
                <Passed passed={check.passed} words={['passed', 'failed']} /> <b>{check.name}</b> {check.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
