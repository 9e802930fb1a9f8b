// The HTML report of runs made by hand, as the built package writes it.
import { analyzeRuns } from '../../dist/src/analysis/analyze.js';
import { summaryOf } from '../../dist/src/analysis/summary.js';
import { html } from '../../dist/src/report/formats/html.js';

/**
 * @param {Iterable<import('../../src/model/run.ts').Run>} runs
 * @param {import('../../src/report/formats/html.ts').HtmlOptions} [options]
 * @param {{ source: string, line?: number, reason: string }[]} [problems]
 * @returns {Promise<string>}
 */
export async function reportPage(runs, options = {}, problems = []) {
  const parts = [];
  const output = { write: (text) => parts.push(text), colour: false };
  const format = html(options);
  const analysis = analyzeRuns(runs);
  format.start(output);
  for await (const analyzed of analysis) format.run(analyzed, output);
  format.end({ summary: summaryOf(analysis.tally), problems }, output);
  return parts.join('');
}

/**
 * What a page holds, as its script reads it.
 *
 * @param {string} page
 * @returns {{ data: import('../../src/report/page-data.ts').PageData, runs: import('../../src/report/page-data.ts').PageRun[] }}
 */
export function dataOf(page) {
  const scripts = [...page.matchAll(/<script type="application\/json" (?<name>[^>]*)>(?<json>[^<]*)<\/script>/gu)];
  const read = (name) => scripts.filter(({ groups }) => groups?.name === name).map(({ groups }) => JSON.parse(groups?.json ?? ''));
  return { data: read('id="report"')[0], runs: read('class="run"') };
}
