import type { PageRun, Shown } from '../../src/report/page-data.ts';
import { ShownText } from '../shown-text.tsx';

const SPEAKERS = { user: 'User', assistant: 'Agent', note: 'Note' };

/** What user and agent said, in order. */
export function Conversation({ run }: { run: PageRun }) {
  const said: { by: keyof typeof SPEAKERS; text: Shown; where?: string }[] = [
    ...run.turns.flatMap(({ heard = [], text, error, dropped }, i) => [
      ...heard,
      ...(text === undefined ? [] : [{ by: 'assistant' as const, text, where: `turn ${i + 1}${dropped ? ', thrown away' : ''}` }]),
      ...(error === undefined ? [] : [{ by: 'note' as const, text: `The model call failed: ${error}`, where: `turn ${i + 1}` }]),
    ]),
    ...(run.trailing ?? []),
  ];
  return (
    <section class="conversation" aria-labelledby="conversation-heading">
      <h2 id="conversation-heading">Conversation</h2>
      {said.length === 0 && <p class="dim">No text was recorded.</p>}
      <ol>
        {said.map(({ by, text, where }, i) => (
          <li key={i} class={by}>
            <span class="dim">
              {SPEAKERS[by]}
              {where === undefined ? '' : `, ${where}`}
            </span>
            <p>
              <ShownText shown={text} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
