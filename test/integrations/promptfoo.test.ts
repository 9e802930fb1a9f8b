import { describe, expect, test } from 'vitest';
import { noDependentParallelCalls, noWastedCalls, within, type AssertionContext } from '../../src/integrations/promptfoo.ts';
import { clean, guessed, otlp, withoutTools } from './conversations.ts';

/** Spans as promptfoo's trace store gives them back. */
function traceOf(content: boolean): NonNullable<AssertionContext['trace']> {
  const [
    {
      scopeSpans: [{ spans }],
    },
  ] = (otlp({ content }) as Otlp).resourceSpans;
  return {
    traceId: spans[0]?.traceId ?? '',
    spans: spans.map(({ spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano, attributes }) => ({
      spanId,
      ...(parentSpanId !== undefined && { parentSpanId }),
      name,
      startTime: Number(startTimeUnixNano.slice(0, -6)),
      endTime: Number(endTimeUnixNano.slice(0, -6)),
      attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue])),
      statusCode: 0,
    })),
  };
}

interface Otlp {
  resourceSpans: [{ scopeSpans: [{ spans: OtlpSpan[] }] }];
}
interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue: string } }[];
}

describe('a run is found', () => {
  test.each<[string, unknown, AssertionContext]>([
    ['in the metadata of the response', 'Done.', { providerResponse: { metadata: { messages: guessed } } }],
    ['in its raw answer', 'Done.', { providerResponse: { raw: { messages: guessed } } }],
    ['in a raw answer that is text', 'Done.', { providerResponse: { raw: JSON.stringify({ messages: guessed }) } }],
    ['in the output', JSON.stringify(guessed), {}],
    ['in an output that promptfoo has parsed', guessed, {}],
    [
      'beside spans that tell of no tool',
      'Done.',
      { providerResponse: { metadata: { messages: guessed } }, trace: { traceId: 'a', spans: [] } },
    ],
  ])('%s', async (_, output, context) => {
    expect(await noWastedCalls(output, context)).toMatchObject({
      pass: false,
      score: 2 / 3,
      reason: expect.stringMatching(/^1 of 3 calls wasted/u),
    });
    expect(await noDependentParallelCalls(output, context)).toMatchObject({ pass: false, score: 1 / 2 });
  });

  test('in the trace, with its times', async () => {
    const trace = traceOf(true);
    expect(await noWastedCalls('Done.', { trace })).toMatchObject({ pass: true, score: 1, reason: '0 of 2 calls wasted' });
    expect(await within('Done.', { trace, config: { latencyMs: 800 } })).toEqual({
      pass: false,
      score: 800 / 900,
      reason: 'latencyMs is 900 ms, above 800 ms',
    });
  });
});

describe('config of the assertion', () => {
  test('has the options', async () => {
    expect((await noWastedCalls(guessed, { config: { except: ['book_*'] } })).pass).toBe(true);
    expect((await noWastedCalls(guessed, { config: { max: 1 } })).pass).toBe(true);
    expect((await within(clean, { config: { toolCalls: 2 } })).pass).toBe(true);
  });

  test('has fanlight’s own config within', async () => {
    const config = { tools: { book_appointment: { speculative: true } } };
    expect((await noWastedCalls(guessed, { config: { config } })).reason).toBe(
      '0 of 1 call wasted; 2 calls without a verdict: started ahead of need on purpose',
    );
  });

  test('is checked', async () => {
    await expect(noWastedCalls(guessed, { config: { maximum: 1 } })).rejects.toThrow('no key "maximum" in the options; known: except, max');
    const wrong = { config: { config: { tool: {} } } };
    await expect(noWastedCalls(guessed, wrong)).rejects.toThrow('there is no key "tool"; did you mean "tools"?');
    await expect(within(guessed, {})).rejects.toThrow('There are no bounds');
  });
});

describe('what cannot be said is no pass', () => {
  test('content that was not recorded', async () => {
    expect(await noWastedCalls('Done.', { trace: traceOf(false) })).toEqual({
      pass: false,
      score: 0,
      reason: 'not applicable: 2 calls without a verdict: content not recorded',
    });
  });

  test('an output without a run, also where it names a file', async () => {
    for (const output of ['Done.', import.meta.filename, '-']) expect((await noWastedCalls(output)).pass).toBe(false);
  });

  test('but no tool calls waste nothing', async () => {
    expect(await noWastedCalls(withoutTools)).toEqual({ pass: true, score: 1, reason: 'not applicable: no tool was called' });
  });
});
