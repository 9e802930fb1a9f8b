import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { executeBatch } from '../../src/runtime/execute-batch.ts';
import { Guard } from '../../src/runtime/guard.ts';
import { guardTools } from '../../src/runtime/guard-tools.ts';
import { runAgent } from '../../src/runtime/run-agent.ts';
import type { Tool } from '../../src/runtime/tool.ts';
import { plainTool } from '../support/plain-tool.ts';

const tool = (name: string, log: string[], more: Partial<Tool> = {}): Tool =>
  plainTool(
    name,
    async () => {
      log.push(`${name}+`);
      await sleep(5);
      log.push(`${name}-`);
      return name;
    },
    more,
  );

async function runTools(tools: Tool[]) {
  return executeBatch(
    tools.map(({ name }) => ({ id: name, name, arguments: '{}' })),
    {
      tools: new Map(tools.map((each) => [each.name, each])),
      cap: 8,
      guard: 'off',
      history: [],
      turn: 0,
      toolTimeoutMs: 1000,
      signal: new AbortController().signal,
    },
  );
}

describe('what depends on another', () => {
  test('waits for it, and for what that waits for', async () => {
    const log: string[] = [];
    await runTools([tool('a', log, { dependsOn: ['b'] }), tool('b', log, { dependsOn: ['c'] }), tool('c', log)]);
    expect(log).toEqual(['c+', 'c-', 'b+', 'b-', 'a+', 'a-']);
  });

  test('runs after a run-alone call, and alone', async () => {
    const log: string[] = [];
    await runTools([tool('a', log, { dependsOn: ['b'] }), tool('b', log, { parallelizable: false }), tool('c', log)]);
    expect(log).toEqual(['c+', 'c-', 'b+', 'b-', 'a+', 'a-']);
  });

  test('is deferred with what it depends on', async () => {
    const log: string[] = [];
    const write = { effect: 'write', onConflict: 'defer' } as const;
    const executed = await runTools([
      tool('look', log),
      tool('book', log, { ...write, parallelizable: false }),
      tool('pay', log, { ...write, dependsOn: ['book'] }),
      tool('mail', log, { dependsOn: ['pay'] }),
    ]);
    expect(executed.map(({ outcome }) => outcome)).toEqual(['ok', 'deferred', 'deferred', 'deferred']);
  });

  test('on a run-alone write is not waited for by it', async () => {
    for (const order of [0, 1]) {
      const log: string[] = [];
      const tools = [
        tool('look', log, { dependsOn: ['book'] }),
        tool('book', log, { effect: 'write', onConflict: 'defer', parallelizable: false }),
      ];
      const executed = await runTools(order === 0 ? tools : tools.toReversed());
      expect(executed.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
      expect(log).toEqual(['book+', 'book-', 'look+', 'look-']);
    }
  });

  test('in a circle: something runs', async () => {
    const log: string[] = [];
    const defer = { onConflict: 'defer' } as const;
    const executed = await runTools([tool('a', log, { ...defer, dependsOn: ['b'] }), tool('b', log, { ...defer, dependsOn: ['a'] })]);
    expect(executed.map(({ outcome }) => outcome)).toEqual(['ok', 'deferred']);
    await runTools([tool('a', log, { dependsOn: ['b'] }), tool('b', log, { dependsOn: ['a'] })]);
  });
});

describe('the guard raises no alarm over', () => {
  const ask = (said: string, args: object, offered: object, schema = {}): boolean => {
    const guard = new Guard(
      [{ role: 'user', parts: [{ type: 'text', text: said }] }],
      [{ name: 'change_record', schemaText: Object.values(schema).flat().join('\n') }],
      [
        { id: 'look', name: 'list_records', arguments: {}, effect: 'read' },
        { id: 'write', name: 'change_record', arguments: args, effect: 'write' },
      ],
    );
    return guard.suspects().has('write') && guard.check('write', new Map([['look', JSON.stringify(offered)]])) !== undefined;
  };

  test.each<[string, string, object, object]>([
    [
      'a phone number in another spelling',
      'My phone is (555) 010-4477',
      { phone_number: '+15550104477' },
      { phone_number: '+15550109999' },
    ],
    [
      'an IBAN without its spaces',
      'to DE89 3704 0044 0532 0130 00',
      { payee_iban: 'DE89370400440532013000' },
      { payee_iban: 'DE02120300000000202051' },
    ],
    ['a number with the prefix of its kind', 'Order 7710', { order_id: 'ORD-7710' }, { order_id: 'ORD-1111' }],
    ['a code over several words', 'order a b 7710', { order_code: 'AB7710' }, { order_code: 'AB-1111' }],
    [
      'a key that callers make up',
      'pay it',
      { idempotency_key: 'c7a1f0a4-8a1e-4a7e-9a51-0a4be1a2d9c3' },
      { idempotency_key: 'b1946ac9-2f0e-4c52-8d6a-6f3b2c1d0e9f' },
    ],
  ])('%s', (_, said, args, offered) => expect(ask(said, args, offered)).toBe(false));

  test('a choice that the tool’s schema offers', () => {
    const choice = { enum: ['PRIO-1000', 'PRIO-3000'] };
    expect(ask('open a ticket', { priority_code: 'PRIO-1000' }, { priority_code: 'PRIO-3000' }, choice)).toBe(false);
  });

  test.each([
    ['Call me at 555-010-4477. Refund Maria 20.00', { customer_id: 'CUS-7720' }, { customer_id: 'CUS-5581' }],
    ['order 12 roses, 34 tulips', { order_code: 'ORD-1234' }, { order_code: 'ORD-5581' }],
    ['Open the room available', { room_code: 'room-av' }, { room_code: 'room-77B41' }],
  ])('but does over parts of other things: %s', (said, args, offered) => expect(ask(said, args, offered)).toBe(true));

  test('but does over a guess', () => {
    expect(ask('move my appointment', { slot_id: 'slot-tue-pm' }, { slots: [{ slot_id: 'slot-8841' }] })).toBe(true);
  });
});

describe('guardTools', () => {
  const agentsTool = (name: string, invoke: (context: unknown) => Promise<unknown>) => ({ name, description: name, invoke });

  test('keeps runs apart that use the same tools at the same time', async () => {
    const ran: string[] = [];
    const [cancel, look] = guardTools(
      [
        agentsTool('cancel_subscription', async (context) => void ran.push(`cancel for ${String((context as { user: string }).user)}`)),
        agentsTool('get_profile', async () => 'profile'),
      ],
      { tools: { cancel_subscription: { parallelizable: false } } },
    );
    await Promise.all([cancel?.invoke({ user: 'ann' }), cancel?.invoke({ user: 'bob' }), look?.invoke({ user: 'cem' })]);
    expect(ran.toSorted()).toEqual(['cancel for ann', 'cancel for bob']);
  });

  test('gives each result as soon as it is there', async () => {
    const [fast, slow] = guardTools([agentsTool('get_fast', () => sleep(1)), agentsTool('get_slow', () => sleep(200))]);
    const context = {};
    const started = performance.now();
    const slowly = slow?.invoke(context);
    await fast?.invoke(context);
    expect(performance.now() - started).toBeLessThan(150);
    await slowly;
  });

  test('runs calls whose ids are missing, or the same', async () => {
    const [one, two] = guardTools([agentsTool('get_a', async () => 'a'), agentsTool('get_b', async () => 'b')]) as unknown as {
      invoke(context: object, input: string, details: object): Promise<unknown>;
    }[];
    const details = { toolCall: { callId: 'call_0' } };
    const context = {};
    expect(await Promise.all([one?.invoke(context, '{}', details), two?.invoke(context, '{}', details)])).toEqual(['a', 'b']);
  });

  test('is not stopped by a history that is none', async () => {
    for (const history of [async () => [], () => null, () => [null], () => 'hi', async () => Promise.reject(new Error('db'))]) {
      const [one] = guardTools([agentsTool('get_a', async () => 'a')], { history: history as never });
      expect(await one?.invoke({})).toBe('a');
    }
  });

  test.each([{ onConflict: 'defr' }, { effect: 'wirte' }, { parallelizable: 'false' }, { paralelizable: false }])(
    'refuses the setting %j',
    (setting) => {
      expect(() => guardTools([agentsTool('book', async () => 1)], { tools: { book: setting as never } })).toThrow(TypeError);
    },
  );

  test('passes on errors whose message is no text', async () => {
    const odd = Object.assign(new Error('x'), { message: { name: 'is required' } });
    const [bad] = guardTools([
      agentsTool('get_bad', async () => {
        throw odd;
      }),
    ]);
    await expect(bad?.invoke({})).rejects.toBe(odd);
  });

  test('gives a tool its input whole, however long, and whatever is in it', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const input of [{ text: 'x'.repeat(300_000) }, { text: 1n }, circular]) {
      let given: unknown;
      const { save } = guardTools({ save: { description: 'save', execute: async (value: unknown) => void (given = value) } });
      await save.execute(input);
      expect(given).toBe(input);
    }
  });

  test('refuses what would leave a tool unprotected', () => {
    const tools = [agentsTool('book', async () => 1)];
    expect(() => guardTools(tools, { tools: { boook: { parallelizable: false } } })).toThrow('there is no tool "boook"');
    expect(() => guardTools(tools, { maxToolConcurrency: Number.NaN })).toThrow('maxToolConcurrency');
    expect(guardTools(tools, { tools: { book: { parallelizable: false } } })[0]?.description).toBe('book. This tool must be called alone.');
  });
});

test.each([
  [{ maxToolConcurrency: 0 }, 'maxToolConcurrency'],
  [{ maxTurns: Number.NaN }, 'maxTurns'],
  [{ guard: 'of' }, 'guard is one of'],
  [{ api: 'response' }, 'api is one of'],
  [{ tools: [tool('a', []), tool('a', [])] }, 'two tools called "a"'],
])('runAgent refuses %j', async (options, message) => {
  const client = { chat: { completions: { create: async () => ({}) } } };
  await expect(runAgent({ client, model: 'm', messages: 'go', ...(options as object) })).rejects.toThrow(message);
});
