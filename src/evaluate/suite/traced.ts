import { analyzeRun, type AnalyzedRun } from '../../analysis/analyze-run.ts';
import { analyzeSpans } from '../../analysis/analyze-spans.ts';
import type { Config } from '../../config/schema.ts';
import { EXAMPLE, TRIAL, VARIANT } from '../../dialects/labels.ts';
import { openAiConversations } from '../../dialects/openai-conversations.ts';
import type { ReadableSpan } from '../../export/otel.ts';
import { rebuildRuns } from '../../model/rebuild/index.ts';
import { fromSdk } from '../../sources/from-sdk.ts';
import { otlpLine } from './otlp-line.ts';

/** A run's trace: analyzed, and as a line of a trace file. */
export interface Traced {
  runs: AnalyzedRun[];
  line: string | undefined;
}

/** The agent's own run starts first. */
export function tracedBySpans(spans: readonly ReadableSpan[], config: Config | undefined): Traced {
  const runs = analyzeSpans(spans.map(fromSdk), config === undefined ? {} : { config });
  return { runs: runs.toSorted((a, b) => (a.run.start ?? 0) - (b.run.start ?? 0)), line: runs.length === 0 ? undefined : otlpLine(spans) };
}

/** Of an agent that is not traced: its history, and how long it took. */
export function tracedByMessages(
  { messages, model }: { messages: readonly unknown[]; model?: string | undefined },
  { variant, example, trial }: { variant: string; example: string; trial: number },
  [start, end]: readonly [number, number],
  config: Config | undefined,
): Traced {
  const document = {
    id: `${example}/${variant}/${trial}`,
    messages,
    ...(model !== undefined && { model }),
    [VARIANT]: variant,
    [EXAMPLE]: example,
    [TRIAL]: trial,
  };
  const observations = openAiConversations.read(document, { source: 'process' }).map((observation) => ({ ...observation, start, end }));
  const runs = rebuildRuns(observations).map((run) => analyzeRun(run, config === undefined ? {} : { config }));
  return { runs, line: JSON.stringify(document) };
}
