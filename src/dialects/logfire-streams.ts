import type { Span } from './span.ts';

/**
 * Of a streamed answer Logfire writes two spans: one of the request, which ends when the stream begins and holds no
 * answer, and when the stream is over a log that repeats the request and holds the answer. They may be in two traces.
 */
const TYPE = 'logfire.span_type';
/** The span again, as it stood when it began. */
const PENDING = 'pending_span';
const REQUEST = ['gen_ai.input.messages', 'request_data', 'events'];
const ANSWER = ['gen_ai.output.messages', 'response_data'];

/** @returns the spans, each streamed answer on the span of its request */
export function joinStreams(spans: readonly Span[]): Span[] {
  const whole = spans.filter(({ attributes }) => attributes[TYPE] !== PENDING).toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0));
  const waiting = new Map<string, Span[]>();
  const joined = new Set<Span>();
  for (const span of whole) {
    if (isAnswered(span)) {
      const open = span.attributes[TYPE] === 'log' ? waiting.get(requestOf(span)) : undefined;
      const request =
        open?.findLast(({ traceId }) => traceId === span.traceId) ?? open?.findLast(({ parentSpanId }) => parentSpanId === undefined);
      if (open === undefined || request === undefined) continue;
      open.splice(open.indexOf(request), 1);
      joined.add(span);
      whole[whole.indexOf(request)] = withAnswer(request, span);
    } else if (span.status.code !== 2) {
      const key = requestOf(span);
      waiting.set(key, [...(waiting.get(key) ?? []), span]);
    }
  }
  return whole.filter((span) => !joined.has(span));
}

const isAnswered = ({ attributes }: Span): boolean => ANSWER.some((key) => attributes[key] !== undefined);

const requestOf = ({ attributes }: Span): string => JSON.stringify(REQUEST.map((key) => attributes[key] ?? null));

function withAnswer(request: Span, { attributes, start, end }: Span): Span {
  const over = end ?? start;
  return { ...request, attributes: { ...attributes, ...request.attributes }, ...(over !== undefined && { end: over }) };
}
