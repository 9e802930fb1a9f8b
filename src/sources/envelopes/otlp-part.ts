import { readOtlp } from '../otlp.ts';
import type { SpanEnvelope } from './envelope.ts';

const START = ['startTimeUnixNano', 'start_time_unix_nano'];
const SCOPES = ['scopeSpans', 'scope_spans', 'scopeLogs', 'scope_logs'];

/** A part of an OTLP request by itself: one span, or what one resource wrote. */
export const otlpPart: SpanEnvelope = {
  id: 'otlp',
  detect: (value) => START.some((key) => key in value) || SCOPES.some((key) => Array.isArray(value[key])),
  read: (value, place) => {
    if (START.some((key) => key in value)) {
      const { resource, scope } = value;
      return readOtlp({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [value] }] }] }, place);
    }
    const isLogs = ['scopeLogs', 'scope_logs'].some((key) => key in value);
    return readOtlp(isLogs ? { resourceLogs: [value] } : { resourceSpans: [value] }, place);
  },
};
