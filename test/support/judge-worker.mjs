// Judges answers against a scripted judge and prints what came of it, in a process of its own that a test can kill.
//   node judge-worker.mjs <url> <cache file> <how many answers>
import OpenAI from 'openai6';
import { Judge } from '../../dist/src/evaluate/judge/judge.js';

const [url, cache, count] = process.argv.slice(2);
const client = new OpenAI({ apiKey: 'none', baseURL: url });
const judge = await Judge.open({ client, model: 'judge-1', concurrency: 4 }, cache);
const example = { id: 'e', input: 'Is it right?', reference: 'It is right.' };
const results = await Promise.all(Array.from({ length: Number(count) }, (_, i) => judge.judge(example, `right ${i}`)));
console.log(JSON.stringify({ passed: results.filter(({ passed }) => passed === true).length, usage: judge.usage }));
