import type { PageCall } from '../src/report/page-data.ts';

/** What there is to say of a call, in words: colour only repeats it. */
export function tagsOf(call: PageCall): { kind: string; text: string }[] {
  return [
    ...(call.verdict === 'wasted' ? [{ kind: 'wasted', text: `✗ wasted: ${call.wasted ?? 'unused'}` }] : []),
    ...(call.dependsOn === undefined ? [] : [{ kind: 'dependent', text: '↰ dependent' }]),
    ...(call.failed ? [{ kind: 'failed', text: '! failed' }] : []),
    ...(call.verdict === 'unknown' ? [{ kind: 'unknown', text: call.speculative ? '? speculative' : '? unknown' }] : []),
  ];
}

export function Tags({ call }: { call: PageCall }) {
  return (
    <>
      {tagsOf(call).map(({ kind, text }) => (
        <span key={kind} class={`tag ${kind}`}>
          {text}
        </span>
      ))}
    </>
  );
}

/** Met or missed: an icon, a word, and a colour. */
export function Passed({ passed, words = ['met', 'missed'] }: { passed: boolean; words?: [string, string] }) {
  return (
    <span class={`tag ${passed ? 'passed' : 'missed'}`}>
      {passed ? '✓ ' : '✗ '}
      {words[passed ? 0 : 1]}
    </span>
  );
}
