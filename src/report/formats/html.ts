import { readFileSync } from 'node:fs';
import type { AnalyzedRun } from '../../analysis/analyze-run.ts';
import { learnFrom } from '../../analysis/learned/observe.ts';
import { emptySummary, mergeSummary } from '../../analysis/learned/summary.ts';
import { tallyOf } from '../../analysis/summary.ts';
import type { Format } from '../format.ts';
import type { PageData, PageEvaluation, PageRow, PageRun, PageScore } from '../page-data.ts';
import { pageLearned } from '../page/learned.ts';
import { OverviewTally } from '../page/overview.ts';
import { pageRun } from '../page/run-detail.ts';
import { scriptJson } from '../page/script-json.ts';
import { short, SHORT, shortTexts } from '../page/short-text.ts';

export interface HtmlOptions {
  /** Heading of the page; an empty one is none. */
  title?: string;
  evaluation?: PageEvaluation;
  /** What the evaluation says of a run. */
  scoreOf?: (analyzed: AnalyzedRun) => PageScore | undefined;
  /** What has to be said wherever a run is shown, such as "simulation". */
  noteOf?: (analyzed: AnalyzedRun) => string | undefined;
}

/** The page as it was built, in `dist/page`. */
const TEMPLATE = new URL('../../../page/index.html', import.meta.url);
const PLACE = '<!--fanlight:data-->';

/** One page that holds everything: opens from disk, asks no network. Runs are written as they come. */
export function html({ title = '', evaluation, scoreOf, noteOf }: HtmlOptions = {}): Format {
  const [before = '', after = ''] = readFileSync(TEMPLATE, 'utf8').split(PLACE);
  const rows: PageRow[] = [];
  const tools = new Names();
  const keys = new Set<string>();
  const overview = new OverviewTally();
  const learnedSummary = emptySummary();
  return {
    id: 'html',
    start: (output) => output.write(before),
    run: (analyzed, output) => {
      const [score, note] = [scoreOf?.(analyzed), noteOf?.(analyzed)];
      const run: PageRun = { ...pageRun(analyzed), ...(score !== undefined && { score: shortTexts(score) }) };
      const id = short(analyzed.run.id);
      const key = keys.has(id) || analyzed.run.id.length > SHORT ? `run-${rows.length + 1}` : id;
      keys.add(key);
      rows.push({
        key,
        ...rowOf(analyzed, tools),
        ...(typeof score?.correct === 'boolean' && { correct: score.correct }),
        ...(note !== undefined && { note: short(note) }),
      });
      overview.add(analyzed, score?.correct);
      mergeSummary(learnedSummary, learnFrom(analyzed));
      output.write(`<script type="application/json" class="run">${scriptJson(run)}</script>\n`);
    },
    end: ({ summary, problems }, output) => {
      const learned = pageLearned(learnedSummary);
      // A trial that all runs have in common tells none from another.
      if (new Set(rows.map(({ trial }) => trial)).size === 1) for (const row of rows) delete row.trial;
      const data: PageData = {
        version: 1,
        title: short(title.trim() === '' ? 'fanlight report' : title),
        rows,
        tools: tools.list,
        overview: overview.overview(summary),
        problems: shortTexts([...problems]),
        ...(evaluation !== undefined && { evaluation: shortTexts(evaluation) }),
        ...(learned !== undefined && { learned }),
      };
      output.write(`<script type="application/json" id="report">${scriptJson(data)}</script>${after}`);
    },
  };
}

function rowOf({ run, report }: AnalyzedRun, tools: Names): Omit<PageRow, 'key'> {
  const { counts, latencies } = tallyOf(run, report);
  const asked = run.turns.flatMap((turn) => turn.context).find(({ kind }) => kind === 'user')?.text ?? '';
  const { variant, example, trial } = run.labels ?? {};
  return {
    id: short(run.id),
    asked: short(asked, 160),
    source: short(run.source),
    tools: [...new Set(run.calls.map(({ name }) => tools.indexOf(short(name))))],
    ...(latencies[0] !== undefined && { ms: Math.round(latencies[0]) }),
    tokens: counts.tokens.input + counts.tokens.output,
    turns: counts.turns,
    calls: counts.toolCalls,
    wasted: counts.wastedCalls,
    dependent: counts.dependentCalls,
    ...(counts.unknownCalls > 0 && { unknown: counts.unknownCalls }),
    errors: report.calls.filter(({ outcome }) => outcome === 'error').length,
    ...(variant !== undefined && { variant: short(variant) }),
    ...(example !== undefined && { example: short(example) }),
    ...(trial !== undefined && { trial: short(trial) }),
  };
}

/** Names, each written once. */
class Names {
  readonly list: string[] = [];
  readonly #indices = new Map<string, number>();

  indexOf(name: string): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    this.#indices.set(name, this.list.length);
    return this.list.push(name) - 1;
  }
}
