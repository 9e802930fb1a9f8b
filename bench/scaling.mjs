// Is analysis linear in the size of a run? Runs of growing length and results of growing size, with the time per
// unit beside each: a figure that grows with the size would be the warning.
import { analyzeRun, rebuildRuns } from '../dist/src/index.js';

export function scaling() {
  console.log('time of one run by its length (turns of two calls)');
  table([100, 200, 400, 800, 1600], 'turns', (turns) => conversation(turns, 400));
  console.log('time of one run by the size of one result');
  table([1, 2, 4, 8], 'MB', (megabytes) => conversation(4, 400, megabytes * 1e6));
}

function table(sizes, unit, make) {
  for (const size of sizes) {
    const messages = make(size);
    const times = Array.from({ length: 3 }, () => {
      const start = performance.now();
      const [run] = rebuildRuns([{ kind: 'transcript', dialect: 'bench', origin: { source: 'bench' }, messages }]);
      analyzeRun(run);
      return performance.now() - start;
    });
    const best = Math.min(...times);
    console.log(
      `  ${String(size).padStart(5)} ${unit}  ${best.toFixed(0).padStart(6)} ms  ${(best / size).toFixed(2).padStart(8)} ms a ${unit.replace(/s$/u, '')}`,
    );
  }
}

function conversation(turns, words, firstResultBytes = 0) {
  let state = 7;
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648);
  const word = () => `${'bcdfghklmnprstvz'[next() % 16]}${'aeiou'[next() % 5]}${'lmnrst'[next() % 6]}${'aeiou'[next() % 5]}${next() % 97}`;
  const text = (n) => Array.from({ length: n }, word).join(' ');
  const messages = [{ role: 'user', parts: [{ type: 'text', text: `Go through it all. ${text(20)}` }] }];
  for (let turn = 0; turn < turns; turn++) {
    const ids = [`a${turn}`, `b${turn}`];
    messages.push({
      role: 'assistant',
      parts: ids.map((id) => ({ type: 'tool_call', id, name: `read_${id[0]}`, arguments: { key: word(), why: text(8) } })),
    });
    for (const id of ids) {
      const size = turn === 0 && id === 'a0' && firstResultBytes > 0 ? Math.ceil(firstResultBytes / 7) : words;
      messages.push({ role: 'tool', parts: [{ type: 'tool_result', id, content: JSON.stringify({ id: word(), note: text(size) }) }] });
    }
  }
  messages.push({ role: 'assistant', parts: [{ type: 'text', text: text(60) }] });
  return messages;
}
