import type { Json } from '../../dialects/json.ts';
import type { Place } from '../../dialects/span.ts';
import type { SpanContent } from '../otlp.ts';

/**
 * A way of holding spans in JSON that is not OTLP: what a backend answers, a database stores or an exporter of
 * another protocol sends. It says where the parts of a span stand; what they mean is for the span dialects.
 */
export interface SpanEnvelope {
  id: string;
  detect(value: Json): boolean;
  read(value: Json, place: Place): SpanContent;
}
