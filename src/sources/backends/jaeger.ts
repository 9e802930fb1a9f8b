import type { ProblemLog } from '../problem.ts';
import { excerptOf } from '../problem.ts';
import type { SourceRecord } from '../records.ts';
import { readObject, readSpans } from './answer.ts';
import { BackendError, baseOf, LIMIT, type Backend } from './backend.ts';
import type { Intake } from './intake.ts';
import type { Requests } from './requests.ts';
import { walkWindows, type Page, type Window } from './windows.ts';
import { listOf, period } from './words.ts';

/** Jaeger's stable API: https://www.jaegertracing.io/docs/latest/architecture/apis/#query-json-over-http */
const TRACES = '/api/v3/traces';
const SERVICES = '/api/v3/services';
/** Traces come whole: a page of many may be long. */
const PAGE_SIZE = 100;

export async function* readJaeger(
  backend: Backend,
  window: Window,
  { requests, intake, problems }: { requests: Requests; intake: Intake; problems: ProblemLog },
): AsyncGenerator<SourceRecord[]> {
  const { service } = backend;
  if (service === undefined) {
    throw new BackendError(
      `Jaeger is asked for one service at a time: name it with --service. ${listOf('Services', await services(backend, requests))}`,
    );
  }
  const limit = backend.limit ?? LIMIT;
  const source = baseOf(backend);
  const pull = async (part: Window, pageSize: number): Promise<Page<SourceRecord[]>> => {
    const records = await search(backend, service, part, pageSize, requests, problems);
    const ids = new Set(records.map((record) => (record.kind === 'span' ? record.span.traceId : '')));
    return { content: records, isFull: ids.size >= pageSize, middle: medianStart(records, part) };
  };
  const walk = {
    pageSize: Math.min(PAGE_SIZE, limit),
    largestPage: limit,
    stepMs: 1,
    onStuck: (part: Window) =>
      problems.add({
        source,
        reason: `traces of ${period(part)} are too many or too long for one answer: not all were read; raise --max-line-bytes`,
      }),
  };
  for await (const records of walkWindows([window], walk, pull)) {
    yield intake.admitAll(records);
    if (intake.isFull) return;
  }
  if (intake.traces > 0) return;
  const known = await services(backend, requests);
  if (known !== undefined && !known.includes(service)) {
    throw new BackendError(`there is no service ${excerptOf(service, 100)}. ${listOf('Services', known)}`);
  }
}

/** Half of the spans begin before it. */
function medianStart(records: readonly SourceRecord[], { from, to }: Window): number | undefined {
  const starts = records.flatMap((record) => (record.kind === 'span' ? (record.span.start ?? []) : []));
  const within = starts.filter((start) => start >= from && start <= to).toSorted((a, b) => a - b);
  return within[Math.floor(within.length / 2)];
}

async function search(
  backend: Backend,
  service: string,
  { from, to }: Window,
  pageSize: number,
  requests: Requests,
  problems: ProblemLog,
): Promise<SourceRecord[]> {
  const values = { start_time_min: new Date(from).toISOString(), start_time_max: new Date(to).toISOString(), service_name: service };
  try {
    // Names are of three generations: each version takes the ones it knows.
    const text = await requests.get(TRACES, {
      ...parameters({ ...values, search_depth: String(pageSize), raw_traces: 'true' }),
      'query.num_traces': String(pageSize),
    });
    return readSpans(text, TRACES, backend, problems);
  } catch (error) {
    if (error instanceof BackendError && error.status === 404 && /no traces? found|trace not found/iu.test(error.body)) return [];
    throw error;
  }
}

/** In the spelling of old and in the current one. */
function parameters(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => [
      [`query.${name}`, value],
      [`query.${name.replaceAll(/_(?<letter>[a-z])/gu, (_, letter: string) => letter.toUpperCase())}`, value],
    ]),
  );
}

/** Undefined where it does not tell: that is never why nothing was read. */
async function services(backend: Backend, requests: Requests): Promise<string[] | undefined> {
  try {
    const { services: names = [] } = readObject(await requests.get(SERVICES), SERVICES, backend);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string').toSorted() : undefined;
  } catch (error) {
    if (error instanceof BackendError && error.status !== undefined && error.status !== 404) return undefined;
    throw error;
  }
}
