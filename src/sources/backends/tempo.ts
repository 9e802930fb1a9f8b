import { asArray, asString, isObject } from '../../dialects/json.ts';
import { excerptOf, type ProblemLog } from '../problem.ts';
import type { SourceRecord } from '../records.ts';
import { readObject, readSpans } from './answer.ts';
import { BackendError, baseOf, LIMIT, TooLarge, type Backend } from './backend.ts';
import type { Intake } from './intake.ts';
import type { Requests } from './requests.ts';
import { walkWindows, type Page, type Window } from './windows.ts';
import { listOf, period } from './words.ts';

/** https://grafana.com/docs/tempo/latest/api_docs/ */
const SEARCH = '/api/search';
const SERVICES = '/api/search/tag/service.name/values';
const PAGE_SIZE = 500;
/** A search over more than a week is refused unless configured otherwise. */
const LONGEST_SEARCH_MS = 86_400_000;
/** Traces that are fetched at the same time. */
const CONCURRENCY = 8;
/** Spans of model calls and tools. */
const MARKS = ['gen_ai.operation.name', 'gen_ai.request.model', 'openinference.span.kind', 'ai.operationId', 'langfuse.observation.type'];
const ANY_SERVICE = `{ ${MARKS.map((mark) => `span.${mark} != nil`).join(' || ')} }`;

interface Tools {
  requests: Requests;
  intake: Intake;
  problems: ProblemLog;
}

export async function* readTempo(backend: Backend, window: Window, { requests, intake, problems }: Tools): AsyncGenerator<SourceRecord[]> {
  const { service } = backend;
  const query = backend.query ?? (service === undefined ? ANY_SERVICE : `{ resource.service.name = ${JSON.stringify(service)} }`);
  const source = baseOf(backend);
  const limit = backend.limit ?? LIMIT;
  const fetchTrace = new TraceFetcher(backend, requests, problems);
  const walk = {
    pageSize: Math.min(PAGE_SIZE, limit),
    largestPage: limit,
    stepMs: 1000,
    onStuck: (part: Window) => problems.add({ source, reason: `traces of ${period(part)} are too many for one search: not all were read` }),
  };
  const pull = (part: Window, pageSize: number): Promise<Page<string[]>> => search(backend, query, part, pageSize, requests);
  for await (const found of walkWindows(daysOf(window), walk, pull)) {
    const ids = found.filter((id) => intake.admit(id));
    for (let at = 0; at < ids.length; at += CONCURRENCY) {
      for (const records of await Promise.all(ids.slice(at, at + CONCURRENCY).map((id) => fetchTrace.fetch(id)))) yield records;
    }
    if (intake.isFull) return;
  }
  if (intake.traces > 0 || service === undefined || backend.query !== undefined) return;
  const known = await services(backend, window, requests);
  if (known !== undefined && known.length > 0 && !known.includes(service)) {
    throw new BackendError(`there is no service ${excerptOf(service, 100)} in ${period(window)}. ${listOf('Services', known)}`);
  }
}

function daysOf({ from, to }: Window): Window[] {
  const days: Window[] = [];
  // Tempo tells seconds apart and wants the end after the start.
  const [start, end] = [Math.floor(from / 1000) * 1000, Math.ceil(to / 1000) * 1000];
  for (let at = start; at < end; at += LONGEST_SEARCH_MS) days.push({ from: at, to: Math.min(end, at + LONGEST_SEARCH_MS) });
  return days;
}

const timesOf = ({ from, to }: Window): Record<string, string> => ({ start: String(from / 1000), end: String(to / 1000) });

async function search(backend: Backend, query: string, window: Window, pageSize: number, requests: Requests): Promise<Page<string[]>> {
  const text = await requests.get(SEARCH, { q: query, ...timesOf(window), limit: String(pageSize), spss: '1' }).catch((error: unknown) => {
    // `max_result_limit` may be lower than a page.
    if (error instanceof BackendError && error.status === 400 && /exceeds max limit/u.test(error.body)) throw new TooLarge(error.message);
    throw error;
  });
  const found = asArray(readObject(text, SEARCH, backend)['traces']);
  const ids = found.map((trace) => (isObject(trace) ? asString(trace['traceID'] ?? trace['traceId']) : undefined));
  return {
    content: ids.filter((id) => id !== undefined && /^[0-9a-f]{1,32}$/iu.test(id)).map((id) => (id as string).toLowerCase()),
    isFull: found.length >= pageSize,
  };
}

const CURRENT = '/api/v2/traces/';
/** Before Tempo 2.7. */
const FIRST = '/api/traces/';

/** Fetches whole traces; which of the two APIs there is shows with the first of them. */
class TraceFetcher {
  readonly #backend: Backend;
  readonly #requests: Requests;
  readonly #problems: ProblemLog;
  #isCurrentKnown = false;

  constructor(backend: Backend, requests: Requests, problems: ProblemLog) {
    this.#backend = backend;
    this.#requests = requests;
    this.#problems = problems;
  }

  /** One trace that is gone or too large costs no other. */
  async fetch(id: string): Promise<SourceRecord[]> {
    try {
      return await this.#fetch(id, CURRENT).catch((error: unknown) => {
        if (this.#isCurrentKnown || !isMissing(error)) throw error;
        return this.#fetch(id, FIRST);
      });
    } catch (error) {
      if (!isMissing(error) && !(error instanceof TooLarge)) throw error;
      const reason =
        error instanceof TooLarge ? `${error.message}; raise --max-line-bytes` : `the trace ${id} was found, but is not there any more`;
      this.#problems.add({ source: baseOf(this.#backend), reason });
      return [];
    }
  }

  async #fetch(id: string, api: string): Promise<SourceRecord[]> {
    const text = await this.#requests.get(api + id);
    if (api === CURRENT) this.#isCurrentKnown = true;
    return readSpans(text, api + id, this.#backend, this.#problems);
  }
}

const isMissing = (error: unknown): boolean => error instanceof BackendError && error.status === 404;

/** Undefined where it does not tell: that is never why nothing was read. */
async function services(backend: Backend, window: Window, requests: Requests): Promise<string[] | undefined> {
  try {
    const [{ from = 0 } = {}, to] = [daysOf(window)[0], Math.ceil(window.to / 1000) * 1000];
    const { tagValues } = readObject(await requests.get(SERVICES, timesOf({ from, to })), SERVICES, backend);
    return asArray(tagValues)
      .filter((name) => typeof name === 'string')
      .toSorted();
  } catch (error) {
    if (error instanceof BackendError) return undefined;
    throw error;
  }
}
