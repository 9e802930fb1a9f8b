import { isObject, type Json } from '../../dialects/json.ts';
import { DEPTH_LIMIT, isDepthBomb } from '../depth.ts';
import { JsonElements } from '../json-elements.ts';
import { otlpWithin } from '../envelopes/tempo.ts';
import { readOtlp } from '../otlp.ts';
import { excerptOf, type ProblemLog } from '../problem.ts';
import type { SourceRecord } from '../records.ts';
import { BackendError, baseOf, type Backend } from './backend.ts';
import { whyNotJson } from './failures.ts';

/** An answer that is one JSON object. Throws {@link BackendError} for any other. */
export function readObject(text: string, path: string, backend: Backend): Json {
  if (isDepthBomb(text)) throw new BackendError(tooDeep(path));
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new BackendError(whyNotJson(text, path, backend));
}

/**
 * The spans of an answer: OTLP JSON, bare or wrapped (`{"result": …}`, `{"trace": …}`), in one JSON value or several
 * after each other. Throws {@link BackendError} for an answer that holds no such thing.
 */
export function readSpans(text: string, path: string, backend: Backend, problems: ProblemLog): SourceRecord[] {
  if (isDepthBomb(text)) throw new BackendError(tooDeep(path));
  if (!/^\s*[{[]/u.test(text)) throw new BackendError(whyNotJson(text, path, backend));
  const source = baseOf(backend);
  const { values, isBroken } = valuesIn(text);
  if (isBroken) problems.add({ source, reason: `the answer to ${path} breaks off; what came before was read` });
  return values.flatMap((value) => {
    const request = unwrap(value, path, (reason) => problems.add({ source, reason }));
    const { spans, skipped } = readOtlp(request, { source });
    for (const reason of skipped) problems.add({ source, reason: `${reason}: skipped` });
    return spans.map((span): SourceRecord => ({ kind: 'span', span }));
  });
}

function valuesIn(text: string): { values: unknown[]; isBroken: boolean } {
  try {
    return { values: [JSON.parse(text)], isBroken: false };
  } catch {
    const json = new JsonElements();
    json.write(text);
    const values = json.finish().map((element) => (element.kind === 'value' ? element.value : { [element.kind]: [element.value] }));
    return { values, isBroken: json.error !== undefined };
  }
}

/** Down to `{resourceSpans}`; Tempo's first API calls it `batches`. */
function unwrap(value: unknown, path: string, onProblem: (reason: string) => void): Json {
  if (!isObject(value))
    throw new BackendError(`answered ${path} with JSON that holds no traces: ${excerptOf(JSON.stringify(value) ?? '')}`);
  const inner = value['result'] ?? value['trace'] ?? value;
  const request = otlpWithin(value);
  if (value['status'] === 'PARTIAL') onProblem(`${path}: only a part of the trace came${messageOf(value)}`);
  if (value['error'] !== undefined) onProblem(`answered ${path} with an error${messageOf(value['error'])}`);
  else if (request !== undefined) return request;
  // A trace of nothing.
  else if (isObject(inner) && (inner !== value || Object.keys(inner).length === 0 || Array.isArray(inner['batches']))) return {};
  else throw new BackendError(`answered ${path} with JSON that holds no traces: ${excerptOf(JSON.stringify(value))}`);
  return {};
}

const messageOf = (value: unknown): string =>
  isObject(value) && typeof value['message'] === 'string' && value['message'] !== '' ? ` (${excerptOf(value['message'], 200)})` : '';

const tooDeep = (path: string): string => `answered ${path} with JSON nested more than ${DEPTH_LIMIT} levels deep`;
