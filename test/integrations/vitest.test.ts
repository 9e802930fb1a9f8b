import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import '../../src/integrations/vitest.ts';
import { clean, guessed, otlp, withoutTools } from './conversations.ts';

/** What a failing assertion says. */
function messageOf(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the assertion passed');
}

describe('toHaveNoWastedCalls', () => {
  test('passes and fails, and so does its opposite', () => {
    expect(clean).toHaveNoWastedCalls();
    expect(guessed).not.toHaveNoWastedCalls();
    expect(() => expect(guessed).toHaveNoWastedCalls()).toThrow('1 of 3 calls wasted');
    expect(() => expect(clean).not.toHaveNoWastedCalls()).toThrow('expect(run).not.toHaveNoWastedCalls()');
  });

  test('a failure shows the evidence as `fanlight analyze` does', () => {
    const message = messageOf(() => expect(guessed).toHaveNoWastedCalls());
    expect(message).toContain('book_appointment was wasted (superseded)');
    expect(message).toContain('sent "slot-tue-pm" as argument $.slot_id of book_appointment (turn 1)');
    expect(message).toContain('"slot-8841" came from result $.slots[0].slot_id of get_calendar (turn 1)');
    expect(message).toContain('fix      Wait for get_calendar before issuing book_appointment');
  });

  test('tools are excepted by name, a number is allowed', () => {
    expect(guessed).toHaveNoWastedCalls({ except: ['book_*'] });
    expect(guessed).toHaveNoWastedCalls({ max: 1 });
    expect(guessed).not.toHaveNoWastedCalls({ except: ['book'] });
    expect([guessed, guessed]).not.toHaveNoWastedCalls({ max: 1 });
  });

  test('calls that were started ahead of need on purpose are left out', () => {
    expect(guessed).toHaveNoWastedCalls({ config: { tools: { book_appointment: { speculative: true } } } });
  });

  test('a run without tool calls has none that are wasted', () => {
    expect(withoutTools).toHaveNoWastedCalls();
  });

  test('where content was not recorded, neither it nor its opposite passes', () => {
    const unrecorded = otlp({ content: false });
    expect(() => expect(unrecorded).toHaveNoWastedCalls()).toThrow('2 calls without a verdict: content not recorded');
    expect(() => expect(unrecorded).not.toHaveNoWastedCalls()).toThrow('2 calls without a verdict: content not recorded');
  });

  test('what a trace says cannot move the cursor', () => {
    const hostile = JSON.parse(JSON.stringify(guessed).replaceAll('slot-tue-pm', '\\u001b[2Kslot\\u202e')) as object[];
    expect(messageOf(() => expect(hostile).toHaveNoWastedCalls())).not.toMatch(/[\u001b\u202e]/u);
  });
});

test('toHaveNoDependentParallelCalls', () => {
  expect(clean).toHaveNoDependentParallelCalls();
  expect(guessed).not.toHaveNoDependentParallelCalls();
  expect(guessed).toHaveNoDependentParallelCalls({ max: 1 });
  expect(() => expect(guessed).toHaveNoDependentParallelCalls()).toThrow(
    'book_appointment was issued beside get_calendar, whose result it needed',
  );
});

describe('toBeWithin', () => {
  const run = otlp({ content: true });

  test('of one run', () => {
    expect(run).toBeWithin({ latencyMs: 900, toolCalls: 2, turns: 2, p95Ms: 900 });
    expect(() => expect(run).toBeWithin({ latencyMs: 500, toolCalls: 2 })).toThrow('latencyMs is 900 ms, above 500 ms');
    expect(run).not.toBeWithin({ toolCalls: 1 });
  });

  test('of several: each run within its bounds, rates over all', () => {
    expect([guessed, clean]).toBeWithin({ wastedRate: 0.2, wastedCalls: 1, toolCalls: 3 });
    expect(() => expect([guessed, clean]).toBeWithin({ wastedRate: 0.19 })).toThrow('wastedRate is 20.0 %, above 19.0 %');
  });

  test('what is not recorded is not within, and not out of, a bound', () => {
    expect(() => expect(guessed).toBeWithin({ latencyMs: 1e6 })).toThrow(
      'latencyMs is not known (at most 1000.0 s asked for): the trace has no times',
    );
    expect(() => expect(guessed).not.toBeWithin({ latencyMs: 0 })).toThrow('latencyMs is not known');
    expect(() => expect(run).toBeWithin({ tokens: 1e6 })).toThrow('the trace does not hold the usage of every model call');
  });

  test('a bound that there is none of is an error', () => {
    expect(() => expect(run).toBeWithin({ latencyMS: 3 } as object)).toThrow('did you mean "latencyMs"?');
    expect(() => expect(run).toBeWithin({})).toThrow('There are no bounds');
    expect(() => expect(run).toBeWithin({ turns: Number.NaN })).toThrow('The bound turns is a number from 0 on');
  });
});

describe('paths and promises are awaited', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'fanlight-matchers-')), 'log.jsonl');
  writeFileSync(file, `${JSON.stringify({ id: 'a', messages: guessed })}\n${JSON.stringify({ id: 'b', messages: clean })}\n`);

  test('and tell what they found', async () => {
    await expect(file).not.toHaveNoWastedCalls();
    await expect([file]).toBeWithin({ wastedCalls: 1 });
    await expect(Promise.resolve(clean)).toHaveNoWastedCalls();
    await expect(expect(file).toHaveNoWastedCalls()).rejects.toThrow('1 of 5 calls wasted');
  });

  test('by the types too', () => {
    expectTypeOf(expect(file).toHaveNoWastedCalls).returns.toEqualTypeOf<Promise<void>>();
    expectTypeOf(expect(clean).toHaveNoWastedCalls).returns.toEqualTypeOf<void>();
  });

  test('no file is an error that says so', async () => {
    await expect(expect('no/such/trace.jsonl').toHaveNoWastedCalls()).rejects.toThrow('no/such/trace.jsonl: no such file or folder');
  });
});
