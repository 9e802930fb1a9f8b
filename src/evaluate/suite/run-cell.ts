import { EXAMPLE, TRIAL, VARIANT } from '../../dialects/labels.ts';
import type { Example } from '../dataset.ts';
import type { EndedRun } from '../judge-run.ts';
import { RunFailure, type Capture } from './capture.ts';
import type { CheckedSuite, RunOutput, Variant } from './suite.ts';
import { tracedByMessages, tracedBySpans, type Traced } from './traced.ts';

/** One example, one variant, one trial. */
export interface Cell {
  example: Example;
  variant: Variant;
  trial: number;
}

const TIMEOUT_MS = 120_000;

/** Runs the agent once and analyzes what it left. What the agent throws is the run's error, not the evaluation's. */
export async function runCell(
  { example, variant, trial }: Cell,
  suite: CheckedSuite,
  { capture, context, signal }: { capture: Capture | undefined; context: unknown; signal: AbortSignal },
): Promise<{ ended: EndedRun; line: string | undefined }> {
  const timeout = AbortSignal.timeout(suite.timeoutMs ?? TIMEOUT_MS);
  const both = AbortSignal.any([signal, timeout]);
  const run = suite.run as Exclude<CheckedSuite['run'], string | undefined>;
  const work = async (): Promise<RunOutput> =>
    untilAborted(
      async () => run({ example, input: example.input, variant, trial, context, signal: both }),
      both,
      suite.timeoutMs ?? TIMEOUT_MS,
    );
  const labels = { [VARIANT]: variant.name, [EXAMPLE]: example.id, [TRIAL]: String(trial) };
  const started = Date.now();
  const about = { variant: variant.name, trial, example };
  try {
    const { value, spans } = capture === undefined ? { value: await work(), spans: [] } : await capture.run(labels, work);
    const traced = tracedOf(value, spans, { variant: variant.name, example: example.id, trial }, [started, Date.now()], suite);
    const answer = typeof value === 'string' ? value : value?.answer;
    const usage = typeof value === 'object' ? value.usage : undefined;
    const error = traced.runs.length === 0 ? untraced(capture) : undefined;
    return { ended: { ...about, runs: traced.runs, answer, usage, error }, line: traced.line };
  } catch (error) {
    const traced = error instanceof RunFailure ? tracedBySpans(error.spans, suite.config) : { runs: [], line: undefined };
    return { ended: { ...about, runs: traced.runs, error: messageOf(error) }, line: traced.line };
  }
}

function tracedOf(
  output: RunOutput,
  spans: Parameters<typeof tracedBySpans>[0],
  about: { variant: string; example: string; trial: number },
  times: readonly [number, number],
  suite: CheckedSuite,
): Traced {
  const traced = tracedBySpans(spans, suite.config);
  if (traced.runs.length > 0 || typeof output !== 'object' || output.messages === undefined) return traced;
  return tracedByMessages({ messages: output.messages, model: output.model }, about, times, suite.config);
}

const untraced = (capture: Capture | undefined): string =>
  capture === undefined
    ? 'the run left no trace: install @opentelemetry/sdk-node and trace the agent (docs/instrumentation.md), or return its `messages`'
    : 'the run left no trace: no span of a model call ended during it. Trace the agent (docs/instrumentation.md), or return its `messages`';

/** An agent that does not heed its signal is left to itself. */
async function untilAborted<T>(work: () => Promise<T>, signal: AbortSignal, timeoutMs: number): Promise<T> {
  signal.throwIfAborted();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () =>
      reject((signal.reason as Error)?.name === 'TimeoutError' ? new Error(`took longer than ${timeoutMs} ms`) : signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)) || 'failed without a message';
