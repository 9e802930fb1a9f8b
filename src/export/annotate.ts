import { statSync } from 'node:fs';
import { analyzeRun, type AnalysisOptions } from '../analysis/analyze-run.ts';
import { emptyTally, mergeTally, tallyOf, type Tally } from '../analysis/summary.ts';
import { spanKey, type Span } from '../dialects/span.ts';
import { rebuildRuns } from '../model/rebuild/index.ts';
import type { Run } from '../model/run.ts';
import { ProblemLog } from '../sources/problem.ts';
import { readDocument } from '../sources/read-document.ts';
import { readRecords, type ReadOptions } from '../sources/read.ts';
import { SpanCollector } from '../sources/span-collector.ts';
import { annotationsOf } from './annotations.ts';
import { makeSpans } from './made-spans.ts';
import { otlpRequest, type OtlpRequest } from './otlp-json.ts';

/** When a file was last written: the same log gives the same times. */
const changedAt = (source: string): number => statSync(source, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();

/** Of whole conversations spans are made; single calls and runs in a form of their own would need more than that. */
const NO_SPANS = 'holds no spans, and only spans can carry verdicts: left out (fanlight analyze and fanlight report read it)';

/** Spans a request. */
const CHUNK = 500;

/**
 * Reads traces and gives them again as OTLP JSON, with the verdicts on their spans. Ids, times and attributes stay as
 * they were; of conversation logs spans are made. Everything is held in memory: spans of a trace may lie anywhere.
 *
 * @param options with `now`, when a conversation log without times is said to have ended, in milliseconds; default: when
 *   its file was last written
 */
export async function* annotateTraces(
  inputs: readonly string[],
  options: AnalysisOptions & { reading: ReadOptions; now?: number },
): AsyncGenerator<OtlpRequest, Tally> {
  const problems = new ProblemLog(options.reading.onProblem);
  const collector = new SpanCollector();
  const spans = new Map<string, Span>();
  const logs: Run[] = [];
  for await (const records of readRecords(inputs, options.reading)) {
    for (const record of records) {
      if (record.kind === 'document') {
        const observations = readDocument(record, problems);
        if (observations.every(({ kind }) => kind === 'transcript')) logs.push(...rebuildRuns(observations));
        else problems.addOnce({ source: record.place.source, reason: NO_SPANS });
        continue;
      }
      collector.add(record);
      if (record.kind === 'span') spans.set(spanKey(record.span.traceId, record.span.spanId), record.span);
    }
  }
  const runs = rebuildRuns(collector.finish(problems));
  problems.finish();
  const all = [...spans.values(), ...logs.flatMap((run) => makeSpans(run, options.now ?? changedAt(run.source)))];

  const tally = emptyTally();
  const analyzed = [...runs, ...logs].map((run) => analyzeRun(run, options));
  for (const { run, report } of analyzed) mergeTally(tally, tallyOf(run, report));
  const annotations = annotationsOf(analyzed, all);
  for (let i = 0; i < all.length; i += CHUNK) {
    yield otlpRequest(all.slice(i, i + CHUNK).map((span) => ({ span, annotation: annotations.get(spanKey(span.traceId, span.spanId)) })));
  }
  return tally;
}
