// Trace content that tries to be more than text.
import { runOf } from './report-runs.mjs';

/** Each sets `pwned`, asks the network, or changes the page where it is taken as markup. */
export const PAYLOADS = [
  '<script>pwned=1</script>',
  '</script><script>pwned=2</script>',
  '<!--<script>',
  '--><img src=x onerror="pwned=3">',
  '<img src="http://127.0.0.1:9/leak" onerror="pwned=4">',
  '"><svg onload="pwned=5">',
  "'-alert(1)-'",
  '<style>body{display:none}</style>',
  '<link rel="stylesheet" href="http://127.0.0.1:9/leak.css">',
  '<base href="http://127.0.0.1:9/">',
  '<iframe srcdoc="<script>parent.pwned=6</script>"></iframe>',
  '<form action="http://127.0.0.1:9/"><input name=q>',
  '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">',
  '<a href="javascript:pwned=7">x</a>',
  'javascript:pwned=8',
  '{{constructor.constructor("pwned=9")()}}',
  '\u2028\u2029</ScRiPt\u00a0><details open ontoggle="pwned=10">',
  '\u202egnirts desrever\u202c',
  '__proto__',
];

/** A run with a payload wherever a trace has text; a guessed value and its correction give it findings. */
function hostileRun(payload, n) {
  const [guess, real] = [`${payload} guess-${n}`, `${payload} real-77${n}`];
  const key = `${payload} key`;
  const args = (value) => ({ [key]: value, slot_id: value, nested: [{ [payload]: payload }] });
  const calendar = [`get ${payload}`, { for: payload }, { slots: [{ slot_id: real, [key]: payload }] }, 300];
  const run = runOf({
    id: `${payload} id ${n}`,
    user: `${payload} Book something. ${payload}`,
    batches: [
      [calendar, [`book ${payload}`, args(guess), { error: `${payload} slot_not_found` }, 200]],
      [
        [`book ${payload}`, args(real), { confirmation: `${payload} BK-9${n}` }, 250],
        ['text', `${payload} not JSON`, `${payload}\n${payload}`, 100],
      ],
    ],
    answer: `${payload} Booked: BK-9${n}. ${payload}`,
    source: `${payload}.jsonl`,
    labels: { variant: `${payload} ${n % 2 === 0 ? 'on' : 'off'}`, example: payload, trial: payload },
  });
  run.turns[0].model = payload;
  run.turns[1].error = payload;
  run.trailing = [{ kind: 'user', text: payload }];
  return run;
}

/** Two runs a payload, to be set side by side. */
export const hostileRuns = () => PAYLOADS.flatMap((payload, i) => [hostileRun(payload, 2 * i), hostileRun(payload, 2 * i + 1)]);

/**
 * Options with payloads in every text.
 *
 * @returns {import('../../src/report/formats/html.ts').HtmlOptions}
 */
export const hostileOptions = () => {
  const all = PAYLOADS.join(' ');
  return {
    title: all,
    noteOf: () => all,
    scoreOf: () => ({ correct: true, checks: [{ name: all, passed: false, reason: all }] }),
    evaluation: {
      note: all,
      variants: [{ name: all, gate: 'failed', metrics: [{ id: all, label: all, text: all, threshold: all, passed: true }] }],
      comparisons: [
        { baseline: all, candidate: all, rows: [{ label: all, a: all, b: all, difference: all, interval: all, verdict: all }] },
      ],
    },
  };
};
