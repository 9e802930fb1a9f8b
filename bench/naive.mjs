// Two naive waste metrics beside ours, on labelled conversations.
//   node bench/naive.mjs [folder with dev/ and score.mjs]   (after a build)
//
// echoed: a call is wasted unless the text of one of its top-level output values appears in some later model
//   input. Every result is echoed in the next input, so it finds nothing.
// new values: a call is wasted unless one of its output values that was not seen before the call appears in a
//   later assistant text or argument.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { analyze } from '../dist/src/index.js';

export async function naive(gold) {
  const conversations = readFileSync(join(gold, 'dev/convs.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const folder = mkdtempSync(join(tmpdir(), 'fanlight-bench-'));
  try {
    const score = (report) => {
      const file = join(folder, 'report.json');
      writeFileSync(file, JSON.stringify(report));
      return JSON.parse(
        execFileSync(process.execPath, [join(gold, 'score.mjs'), file, join(gold, 'dev/labels.jsonl')], { encoding: 'utf8' }),
      ).wasted;
    };
    const rows = [
      ['naive: echoed in an input', score(judge(conversations, echoed))],
      ['naive: new values only', score(judge(conversations, newValues))],
      ['fanlight', score(await analyze(join(gold, 'dev/convs.jsonl')))],
    ];
    console.log('wasted calls on the labelled conversations');
    for (const [name, { precision, recall, f1 }] of rows) {
      console.log(`  ${name.padEnd(28)} precision ${precision.toFixed(3)}  recall ${recall.toFixed(3)}  F1 ${f1.toFixed(3)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function judge(conversations, isUsed) {
  const runs = conversations.map(({ id, messages }) => ({
    id,
    calls: messages.flatMap((message, at) =>
      (message.tool_calls ?? []).map((call) => ({ id: call.id, dependsOn: [], wasted: isUsed(call.id, at, messages) ? null : 'unused' })),
    ),
  }));
  return { runs };
}

function echoed(id, at, messages) {
  const values = valuesOf(resultOf(id, messages), false);
  return messages.slice(at + 1).some((message) => values.some((value) => textOf(message).includes(value)));
}

function newValues(id, at, messages) {
  const before = messages
    .slice(0, at + 1)
    .map(textOf)
    .join('\n');
  const later = messages
    .slice(at + 1)
    .filter((message) => message.role === 'assistant')
    .map(textOf)
    .join('\n');
  return valuesOf(resultOf(id, messages), true).some((value) => !before.includes(value) && later.includes(value));
}

const resultOf = (id, messages) => messages.find((message) => message.role === 'tool' && message.tool_call_id === id)?.content ?? '';
const textOf = (message) => [message.content ?? '', ...(message.tool_calls ?? []).map((call) => call.function.arguments)].join('\n');

/** Top-level values of JSON output (text that is no JSON is one value), or all leaf values, YAML included. */
function valuesOf(text, deep) {
  let value = text;
  try {
    value = deep ? parse(text, { logLevel: 'silent' }) : JSON.parse(text);
  } catch {
    // plain text: one value
  }
  const values = [];
  const walk = (node, depth) => {
    if (node !== null && typeof node === 'object') {
      if (depth === 0 || deep) for (const item of Object.values(node)) walk(item, depth + 1);
    } else if (node !== null && node !== undefined && (!deep || String(node).length > 2)) values.push(String(node));
  };
  walk(value, 0);
  return values.length > 0 || deep ? values : [text];
}
