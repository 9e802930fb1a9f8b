import { describe, expect, test } from 'vitest';
import type { Message, Part } from '../../src/model/message.ts';
import type { ModelCall } from '../../src/model/observation.ts';
import { rebuildRuns } from '../../src/model/rebuild/index.ts';

const says = (role: Message['role'], ...parts: Part[]): Message => ({ role, parts });
const text = (words: string): Part => ({ type: 'text', text: words });
const ask = (id: string): Part => ({ type: 'tool_call', id, name: 'read_gauge', arguments: { river: 'Ouse' } });
const answer = (id: string): Part => ({ type: 'tool_result', id, content: '2.4 m' });

/** A conversation of two model calls that repeat the history: a look-up, then what came of it. */
function conversation(about: Partial<ModelCall> & { trace: string }, start: number, id: string): ModelCall[] {
  const { trace, ...rest } = about;
  const first = [says('system', text('You watch rivers.')), says('user', text('How high is the Ouse?'))];
  const requests: [Message[], Part][] = [
    [first, ask(id)],
    [[...first, says('assistant', ask(id)), says('tool', answer(id))], text('It stands at 2.4 m.')],
  ];
  return requests.map(([input, output], i) => ({
    kind: 'model',
    dialect: 'a-dialect',
    origin: { source: 'spans.jsonl', traceId: `${trace}${i}`, spanId: `${trace}${i}` },
    start: start + i * 100,
    end: start + i * 100 + 50,
    input,
    output: [says('assistant', output)],
    ...rest,
  }));
}

const turnsOf = (calls: ModelCall[]): number[] => rebuildRuns(calls).map(({ turns }) => turns.length);

describe('conversations that share an id', () => {
  test('a session of several: each begins without the history of the one before', () => {
    const session = { conversationId: 'session-7' };
    const calls = [
      ...conversation({ ...session, trace: 'a' }, 0, 'call_0123456789ab'),
      ...conversation({ ...session, trace: 'b' }, 1000, 'call_cdef01234567'),
    ];
    expect(turnsOf(calls)).toEqual([2, 2]);
  });

  test('requests that never hold the history are one conversation still', () => {
    const [first] = conversation({ trace: 'a', conversationId: 'session-7', output: [says('assistant', text('High.'))] }, 0, 'call_0');
    const [second] = conversation({ trace: 'b', conversationId: 'session-7', output: [says('assistant', text('Low.'))] }, 1000, 'call_1');
    expect(turnsOf([first as ModelCall, second as ModelCall])).toEqual([2]);
  });

  test('a replay with the same call ids, at the same time: two conversations, and no call without its result', () => {
    for (const later of [20, 1000]) {
      const calls = [...conversation({ trace: 'a' }, 0, 'call_0123456789ab'), ...conversation({ trace: 'b' }, later, 'call_0123456789ab')];
      const runs = rebuildRuns(calls);
      expect(runs.map(({ turns }) => turns.length)).toEqual([2, 2]);
      expect(runs.flatMap((run) => run.calls.map((call) => call.fedTurn))).toEqual([1, 1]);
    }
  });

  test('of two writers, each goes on in its own words', () => {
    const id = 'call_0123456789ab';
    const calls = [...conversation({ trace: 'a' }, 0, id), ...conversation({ trace: 'b', dialect: 'another' }, 20, id)];
    expect(rebuildRuns(calls).map(({ dialect, turns }) => [dialect, turns.length])).toEqual([
      ['a-dialect', 2],
      ['another', 2],
    ]);
  });
});
