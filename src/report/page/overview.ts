import type { AnalyzedRun } from '../../analysis/analyze-run.ts';
import type { Summary } from '../../analysis/report.ts';
import { emptyTally, mergeTally, summaryOf, tallyOf, type Tally } from '../../analysis/summary.ts';
import type { PageOverview } from '../page-data.ts';
import { factsOf, metricsOf, type Correctness } from './metrics.ts';
import { short } from './short-text.ts';

/** Adds up what the overview shows, run by run. */
export class OverviewTally {
  readonly #tools = new Map<string, PageOverview['tools'][number]>();
  readonly #batches = new Map<number, PageOverview['batches'][number]>();
  readonly #variants = new Map<string, { tally: Tally; correctness: Correctness }>();
  readonly #correctness: Correctness = { correct: 0, scored: 0 };

  add({ run, report }: AnalyzedRun, correct: boolean | null | undefined): void {
    for (const [i, call] of run.calls.entries()) {
      const { wasted, dependsOn, outcome } = report.calls[i] ?? { wasted: null, dependsOn: [], outcome: 'ok' };
      const tool = upsert(this.#tools, short(call.name), (name) => ({ name, calls: 0, wasted: 0, dependent: 0, errors: 0 }));
      const batch = upsert(this.#batches, call.batchSize, (size) => ({ size, batches: 0, calls: 0, wasted: 0 }));
      tool.calls++;
      batch.calls++;
      if (call.index === 0 || call.origin === 'server') batch.batches++;
      if (wasted !== null) tool.wasted++;
      if (wasted !== null) batch.wasted++;
      if (dependsOn.length > 0) tool.dependent++;
      if (outcome === 'error') tool.errors++;
    }
    score(this.#correctness, correct);
    if (run.labels?.variant === undefined) return;
    const variant = upsert(this.#variants, short(run.labels.variant), () => ({
      tally: emptyTally(),
      correctness: { correct: 0, scored: 0 },
    }));
    mergeTally(variant.tally, tallyOf(run, report));
    score(variant.correctness, correct);
  }

  overview(summary: Summary): PageOverview {
    const metrics = metricsOf(summary, this.#correctness);
    // Variants thrown together meet no threshold and miss none: each is judged by itself.
    if (this.#variants.size > 1) for (const metric of metrics) delete metric.passed;
    return {
      metrics,
      facts: factsOf(summary),
      tools: [...this.#tools.values()].toSorted((a, b) => b.wasted - a.wasted || b.calls - a.calls),
      batches: [...this.#batches.values()].toSorted((a, b) => a.size - b.size),
      variants: [...this.#variants].map(([name, { tally, correctness }]) => {
        const own = summaryOf(tally);
        return { name, runs: own.runs, metrics: metricsOf(own, correctness) };
      }),
    };
  }
}

function upsert<K, V>(map: Map<K, V>, key: K, make: (key: K) => V): V {
  const value = map.get(key) ?? make(key);
  map.set(key, value);
  return value;
}

function score(into: Correctness, correct: boolean | null | undefined): void {
  if (typeof correct !== 'boolean') return;
  into.scored++;
  if (correct) into.correct++;
}
