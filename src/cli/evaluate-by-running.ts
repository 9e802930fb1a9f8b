import { evaluate } from '../evaluate/evaluation.ts';
import type { Capture } from '../evaluate/suite/capture.ts';
import type { LoadedSuite } from '../evaluate/suite/load-suite.ts';
import { runSuite } from '../evaluate/suite/run-suite.ts';
import { safe } from '../report/safe.ts';
import type { EvaluatedRuns } from './evaluation-page.ts';
import { progressLine } from './progress.ts';

export interface Running {
  out: string;
  fresh: boolean;
  capture: Capture | undefined;
}

/** Runs a suite with a person in front of it: progress, and an interrupt that keeps what is done. */
export async function evaluateByRunning(loaded: LoadedSuite, running: Running): Promise<EvaluatedRuns> {
  const progress = progressLine(process.stderr);
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort(new Error('interrupted'));
  process.once('SIGINT', onInterrupt);
  try {
    const outcome = await runSuite(loaded, {
      ...running,
      signal: interrupt.signal,
      onProgress: ({ done, total }) => progress.ran(done, total),
    });
    progress.clear();
    if (outcome.resumed > 0)
      process.stderr.write(`Went on from ${outcome.resumed} results in ${safe(running.out)}; --fresh starts over.\n`);
    if (outcome.stopped !== undefined) process.stderr.write(`Stopped: ${safe(outcome.stopped)}. Run the same command to go on.\n`);
    return { evaluation: evaluate(outcome), results: outcome.results };
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    progress.clear();
  }
}
