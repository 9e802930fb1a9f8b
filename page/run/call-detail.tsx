import type { PageCall, PageRun } from '../../src/report/page-data.ts';
import { ShownText } from '../shown-text.tsx';
import { Tags } from '../tags.tsx';
import { duration } from '../../src/report/numbers.ts';
import { dependsWords } from '../timeline/words.ts';
import { FindingBody } from './findings.tsx';

interface Props {
  run: PageRun;
  call: PageCall;
  index: number;
  onClose?: () => void;
}

/** What a call asked and got, what became of it, and why. */
export function CallDetail({ run, call, index, onClose }: Props) {
  const findings = run.findings.filter(({ calls }) => calls[0] === index);
  const related = run.findings.filter(({ calls }) => calls.indexOf(index) > 0);
  return (
    <section class="call-detail" aria-labelledby="call-heading" tabIndex={0}>
      {onClose !== undefined && (
        <button class="close" type="button" onClick={onClose}>
          Close
        </button>
      )}
      <h2 id="call-heading">
        <bdi class="tool">{call.name}</bdi>
      </h2>
      <p class="tags">
        <Tags call={call} />
        {call.verdict === undefined && <span class="tag used">✓ used</span>}
      </p>
      <p class="dim">{whenWords(run, call)}</p>
      {call.dependsOn !== undefined && <p>It {dependsWords(call, run.calls)}.</p>}
      {call.usedBy !== undefined && <p class="dim">{usedWords(run, call)}</p>}
      <h3>Arguments</h3>
      <pre>{call.arguments === undefined ? <i>not recorded</i> : <ShownText shown={call.arguments} />}</pre>
      <h3>{call.failed ? 'Result: it failed' : 'Result'}</h3>
      <pre>{call.result === undefined ? <i>none recorded</i> : <ShownText shown={call.result} />}</pre>
      {findings.map((finding, i) => (
        <div key={i} class={`finding ${finding.severity}`}>
          <h3>{finding.message}</h3>
          <FindingBody finding={finding} />
          <OtherPlaces run={run} calls={finding.calls.slice(1)} />
        </div>
      ))}
      {related.length > 0 && (
        <>
          <h3>Evidence for</h3>
          <ul class="plain">
            {related.map(({ message }, i) => (
              <li key={i}>{message}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** The arguments and results of other calls in which a value of the evidence is marked. */
function OtherPlaces({ run, calls }: { run: PageRun; calls: number[] }) {
  return calls.flatMap((index) => {
    const call = run.calls[index];
    if (call === undefined) return [];
    return (['result', 'arguments'] as const).map((part) => {
      const shown = call[part];
      if (typeof shown !== 'object' || !shown.some((piece) => typeof piece === 'object' && 'mark' in piece)) return null;
      return (
        <figure key={`${index} ${part}`}>
          <figcaption class="dim">
            {part} of <bdi class="tool">{call.name}</bdi>, turn {call.turn + 1}
          </figcaption>
          <pre>
            <ShownText shown={shown} />
          </pre>
        </figure>
      );
    });
  });
}

function whenWords(run: PageRun, call: PageCall): string {
  const siblings = run.calls.filter(({ turn }) => turn === call.turn);
  const place = siblings.length === 1 ? 'its only call' : `call ${siblings.indexOf(call) + 1} of ${siblings.length} at once`;
  const [barrier, slot] = call.waits ?? [0, 0];
  return [
    `Turn ${call.turn + 1}, ${place}`,
    ...(call.at === undefined ? [] : [`began at ${duration(call.at[0])}, took ${duration(call.at[1] - call.at[0])}`]),
    ...(barrier > 0 ? [`waited ${duration(barrier)} for calls that run alone`] : []),
    ...(slot > 0 ? [`waited ${duration(slot)} for a free slot`] : []),
    ...(call.effect === undefined ? [] : [call.effect === 'read' ? 'reads' : 'writes']),
    `confidence of the verdict ${call.confidence.toFixed(2)}`,
  ].join(' · ');
}

function usedWords(run: PageRun, { usedBy = [] }: PageCall): string {
  const places = usedBy.map(({ turn, call }) =>
    call === undefined ? `what the model said in turn ${turn + 1}` : `the arguments of ${run.calls[call]?.name ?? '?'} in turn ${turn + 1}`,
  );
  return `Its result came up again in ${places.join(', in ')}.`;
}
