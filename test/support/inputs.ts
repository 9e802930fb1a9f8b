import { joinChains } from '../../src/dialects/recorded-content.ts';
import type { Span } from '../../src/dialects/span.ts';

/** The input messages of every model call in OTLP JSON Lines, put together where they were recorded apart. */
export function inputsOf(otlp: string): unknown[] {
  const spans = otlp
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as { resourceSpans: { scopeSpans: { spans: RawSpan[] }[] }[] }).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    .map((span) => ({ ...span, attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]])) }))
    .filter((span) => span.attributes['gen_ai.operation.name'] === 'chat') as unknown as Span[];
  joinChains(spans);
  return spans.map(({ attributes }) => {
    const input = attributes['gen_ai.input.messages'];
    return typeof input === 'string' ? (JSON.parse(input) as unknown) : input;
  });
}

interface RawSpan {
  traceId: string;
  spanId: string;
  attributes: { key: string; value: Record<string, unknown> }[];
}
