import { isObject, type Json } from '../../dialects/json.ts';
import { isOtlp, readOtlp } from '../otlp.ts';
import type { SpanEnvelope } from './envelope.ts';

/** Tempo's answers, which Grafana's download holds too: https://grafana.com/docs/tempo/latest/api_docs/#query */
export const tempo: SpanEnvelope = {
  id: 'tempo',
  detect: (value) => otlpWithin(value) !== undefined,
  read: (value, place) => {
    const content = readOtlp(otlpWithin(value) ?? {}, place);
    if (value['status'] === 'PARTIAL') content.skipped.push('the part of the trace that Tempo left out (its status is PARTIAL)');
    return content;
  },
};

/** Down to `{resourceSpans}`, bare or in `trace` or `result`; Tempo's first API calls it `batches`. */
export function otlpWithin(value: unknown): Json | undefined {
  if (!isObject(value)) return undefined;
  if (isOtlp(value)) return value;
  if (isBatches(value['batches'])) return { resourceSpans: value['batches'] };
  return [value['trace'], value['result']].map((inner) => (isObject(inner) ? otlpWithin(inner) : undefined)).find(Boolean);
}

const HOLDS_SPANS = ['scopeSpans', 'scope_spans', 'instrumentationLibrarySpans', 'instrumentation_library_spans'];

/** A list of that name may be anything. */
const isBatches = (batches: unknown): boolean =>
  Array.isArray(batches) && batches.some((batch) => isObject(batch) && HOLDS_SPANS.some((key) => Array.isArray(batch[key])));
