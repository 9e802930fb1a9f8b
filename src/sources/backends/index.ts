import { ProblemLog } from '../problem.ts';
import { MAX_LINE_BYTES, type ReadOptions } from '../read.ts';
import type { SourceRecord } from '../records.ts';
import { BackendError, baseOf, LIMIT, LOOKBACK_MS, type Backend } from './backend.ts';
import { Intake } from './intake.ts';
import { readJaeger } from './jaeger.ts';
import { Requests } from './requests.ts';
import { readTempo } from './tempo.ts';
import { period, span } from './words.ts';

/**
 * Pulls the traces of running backends, as records like those of files. Never throws for what a backend does: what
 * is wrong is reported to `onProblem`, with the backend's address as the source.
 */
export async function* readBackends(backends: readonly Backend[], options: ReadOptions): AsyncGenerator<SourceRecord[]> {
  for (const backend of backends) yield* readBackend(backend, options);
}

async function* readBackend(backend: Backend, { onProblem, onPulled, maxLineBytes }: ReadOptions): AsyncGenerator<SourceRecord[]> {
  const problems = new ProblemLog(onProblem);
  const source = baseOf(backend);
  const now = Date.now();
  const lookbackMs = backend.lookbackMs ?? LOOKBACK_MS;
  const window = { from: now - lookbackMs, to: now };
  const limit = backend.limit ?? LIMIT;
  const intake = new Intake(limit, (traces) => onPulled?.(traces));
  const tools = { requests: new Requests(backend, maxLineBytes ?? MAX_LINE_BYTES), intake, problems };
  const tell = (reason: string): void => problems.addWhole({ source, reason });
  try {
    yield* (backend.kind === 'jaeger' ? readJaeger : readTempo)(backend, window, tools);
    if (intake.traces === 0) tell(`no traces${whoseOf(backend)} in ${period(window)}: try a larger --lookback than ${span(lookbackMs)}`);
    if (intake.isFull) tell(`stopped at ${limit.toLocaleString('en-US')} traces; there may be more: raise --limit, or lower --lookback`);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    tell(intake.traces === 0 ? error.message : `${error.message}; what came before (traces: ${intake.traces}) was read`);
  }
  problems.finish();
}

function whoseOf({ service, query }: Backend): string {
  if (query !== undefined) return ` that match ${query}`;
  return service === undefined ? ' with spans of model calls' : ` of the service ${JSON.stringify(service)}`;
}
