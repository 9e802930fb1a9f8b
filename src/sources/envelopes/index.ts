import { clickHouse } from './clickhouse.ts';
import type { SpanEnvelope } from './envelope.ts';
import { jaeger } from './jaeger.ts';
import { logfireRows } from './logfire-rows.ts';
import { mastraEvents } from './mastra-events.ts';
import { otlpPart } from './otlp-part.ts';
import { phoenix } from './phoenix.ts';
import { tempo } from './tempo.ts';
import { zipkin } from './zipkin.ts';

/** Tried in order on every JSON object that is not OTLP; the first that knows it reads it. */
export const envelopes: readonly SpanEnvelope[] = [tempo, jaeger, zipkin, phoenix, clickHouse, mastraEvents, logfireRows, otlpPart];
