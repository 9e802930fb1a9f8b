import type { PageFinding, PageRun } from '../../src/report/page-data.ts';

export function Findings({ run, onCall }: { run: PageRun; onCall: (call: number) => void }) {
  return (
    <section aria-labelledby="findings-heading">
      <h2 id="findings-heading">Findings</h2>
      {run.findings.length === 0 && <p>Nothing to say: no call of this run was wasted, and none should have waited for another.</p>}
      {run.findings.map((finding, i) => (
        <article key={i} class={`finding ${finding.severity}`}>
          <h3>
            <span class={`tag ${finding.severity}`}>{finding.severity}</span> {finding.message}
          </h3>
          <FindingBody finding={finding} />
          {finding.calls[0] !== undefined && (
            <button type="button" class="link" onClick={() => onCall(finding.calls[0] ?? 0)}>
              Show the call
            </button>
          )}
        </article>
      ))}
    </section>
  );
}

export function FindingBody({ finding: { rule, evidence, cost, fix, confidence } }: { finding: PageFinding }) {
  return (
    <dl class="finding-body">
      <dt>evidence</dt>
      <dd>
        <ul class="plain">
          {evidence.map((text, i) => (
            <li key={i}>
              <bdi>{text}</bdi>
            </li>
          ))}
        </ul>
      </dd>
      {cost !== undefined && (
        <>
          <dt>cost</dt>
          <dd>{cost}</dd>
        </>
      )}
      {fix !== undefined && (
        <>
          <dt>fix</dt>
          <dd>{fix}</dd>
        </>
      )}
      <dt>rule</dt>
      <dd>
        <code>fanlight explain {rule}</code>, confidence {confidence.toFixed(2)}
      </dd>
    </dl>
  );
}
