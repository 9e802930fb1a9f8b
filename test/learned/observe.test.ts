import { describe, expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { graphOf } from '../../src/analysis/learned/graph.ts';
import { learnedGraphSchema, type LearnedGraph } from '../../src/analysis/learned/graph-schema.ts';
import { learnFrom } from '../../src/analysis/learned/observe.ts';
import { emptySummary, mergeSummary } from '../../src/analysis/learned/summary.ts';
import { pathPattern } from '../../src/provenance/learned.ts';
import { readValues } from '../../src/sources/read-traces.ts';

type Step = string | [tool: string, args: object, result: unknown][];

/** A conversation: texts are the user's, lists are batches. */
function conversation(id: string, steps: readonly Step[], tools: object[] = []): object {
  let calls = 0;
  const messages = steps.flatMap((step): object[] => {
    if (typeof step === 'string') return [{ role: 'user', content: step }];
    const batch = step.map(([name, args, result]) => ({ id: `c${++calls}`, name, args, result }));
    return [
      {
        role: 'assistant',
        content: null,
        tool_calls: batch.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(args) } })),
      },
      ...batch.map(({ id, result }) => ({ role: 'tool', tool_call_id: id, content: JSON.stringify(result) })),
    ];
  });
  return { id, tools, messages: [...messages, { role: 'assistant', content: 'Done.' }] };
}

function learned(...conversations: object[]): LearnedGraph {
  const summary = emptySummary();
  for (const run of readValues(conversations, ({ reason }) => expect.fail(reason))) mergeSummary(summary, learnFrom(analyzeRun(run)));
  return graphOf(summary, { minSupport: 1, minConfidence: 0 });
}

const shown = ({ edges }: LearnedGraph): string[] =>
  edges.map(({ from, to, support, opportunities }) => `${from.tool} ${from.path} -> ${to.tool} ${to.path} ${support}/${opportunities}`);

describe('an edge', () => {
  test('is a value that only a result had, list or not, whatever the names', () => {
    const graph = learned(
      conversation('r', [
        'Mend the looms.',
        [['find_looms', {}, { looms: [{ berth: 'B-7041' }, { berth: 'B-7042' }] }]],
        [
          ['mend', { where: 'B-7042' }, { ok: true }],
          ['tell', { berths: ['B-7041', 'B-7042'] }, { ok: true }],
        ],
      ]),
    );
    expect(shown(graph).toSorted()).toEqual([
      'find_looms $.looms[*].berth -> mend $.where 1/1',
      'find_looms $.looms[*].berth -> tell $.berths[*] 1/1',
    ]);
    expect(graph.edges[0]?.examples).toEqual([{ run: 'r', call: 'c2', value: 'B-7042' }]);
    expect(learnedGraphSchema.parse(graph)).toEqual(graph);
  });

  test.each<[string, Step[]]>([
    ['the user gave', ['Mend B-7041.', [['find', {}, { at: 'B-7041' }]], [['mend', { at: 'B-7041' }, {}]]]],
    [
      'the model made up and a failure repeats',
      ['Mend it.', [['mend', { at: 'B-7041' }, { error: 'B-7041 is busy' }]], [['mend', { at: 'B-7041', force: true }, {}]]],
    ],
    [
      'is sent before the result is there',
      [
        'Mend it.',
        [
          ['find', {}, { at: 'B-7041' }],
          ['mend', { at: 'B-7041' }, {}],
        ],
      ],
    ],
    ['proves nothing', ['Mend it.', [['find', {}, { n: 7, on: true, state: 'open' }]], [['mend', { a: 7, b: true, c: 'open' }, {}]]]],
    [
      'is text of the model',
      [
        'Mend it.',
        [['find', {}, { note: 'the frame is cracked and the warp is worn' }]],
        [['mend', { why: 'the frame is cracked and the warp is worn' }, {}]],
      ],
    ],
  ])('is no value that %s', (_, steps) => {
    expect(shown(learned(conversation('r', steps)))).toEqual([]);
  });

  test('is no choice that the schema of the tool offers', () => {
    const tools = [
      { type: 'function', function: { name: 'mend', parameters: { properties: { kind: { enum: ['heddle-4000', 'reed-5000'] } } } } },
    ];
    const steps: Step[] = ['Mend it.', [['find', {}, { kind: 'reed-5000' }]], [['mend', { kind: 'reed-5000' }, {}]]];
    expect(shown(learned(conversation('r', steps)))).toHaveLength(1);
    expect(shown(learned(conversation('r', steps, tools)))).toEqual([]);
  });

  test('has its counter-examples, each with where the value came from', () => {
    const fed = conversation('fed', ['Mend.', [['find', {}, { at: 'B-7041' }]], [['mend', { at: 'B-7041' }, {}]]]);
    const told = conversation('told', ['Mend B-9001.', [['mend', { at: 'B-9001' }, {}]]]);
    const guessed = conversation('guessed', ['Mend.', [['mend', { at: 'B-5555' }, {}]]]);
    const other = conversation('other', ['Mend.', [['ask', {}, { loom: 'B-7777' }]], [['mend', { at: 'B-7777' }, {}]]]);
    const edge = learned(fed, told, guessed, other).edges.find(({ from }) => from.tool === 'find');
    expect(edge).toMatchObject({ support: 1, opportunities: 4, elsewhere: { user: 1, system: 0, constant: 0, nothing: 1, tool: 1 } });
    expect(edge?.counterExamples.toSorted((a, b) => (a.run < b.run ? -1 : 1))).toEqual([
      { run: 'guessed', call: 'c1', value: 'B-5555', origin: 'nothing' },
      { run: 'other', call: 'c2', value: 'B-7777', origin: 'tool', field: { tool: 'ask', path: '$.loom' } },
      { run: 'told', call: 'c1', value: 'B-9001', origin: 'user' },
    ]);
  });

  test('goes to the field that explains the most calls where two held the value at once', () => {
    const both = conversation('both', [
      'Mend.',
      [
        ['a', {}, { x: 'B-7041' }],
        ['b', {}, { y: 'B-7041' }],
      ],
      [['mend', { at: 'B-7041' }, {}]],
    ]);
    const one = conversation('one', ['Mend.', [['b', {}, { y: 'B-3000' }]], [['mend', { at: 'B-3000' }, {}]]]);
    expect(shown(learned(both, one))).toEqual(['b $.y -> mend $.at 2/2']);
  });

  test('counts a value that is sent again once', () => {
    const again: [string, object, unknown] = ['mend', { at: 'B-7041' }, { error: 'timeout' }];
    expect(shown(learned(conversation('r', ['Mend.', [['find', {}, { at: 'B-7041' }]], [again], [again]])))).toEqual([
      'find $.at -> mend $.at 1/1',
    ]);
  });
});

test('tools have their effect, pairs how often they ran side by side and how often that was a mistake', () => {
  const good = conversation('good', [
    'Look.',
    [
      ['get_a', { q: 'x' }, { v: 1 }],
      ['get_b', { q: 'x' }, { v: 2 }],
    ],
  ]);
  const guessed = conversation('guessed', [
    'Mend it.',
    [
      ['get_a', {}, { loom_id: 'B-7041' }],
      ['update_loom', { loom_id: 'loom-of-ferreira' }, { error: 'no such loom' }],
    ],
    [['update_loom', { loom_id: 'B-7041' }, { state: 'mended' }]],
  ]);
  const { tools, pairs } = learned(good, guessed);
  expect(tools.map(({ name, effect, calls }) => [name, effect, calls])).toEqual([
    ['get_a', 'read', 2],
    ['update_loom', 'write', 2],
    ['get_b', 'read', 1],
  ]);
  expect(pairs).toEqual([
    { tools: ['get_a', 'get_b'], batches: 1, safe: 1 },
    { tools: ['get_a', 'update_loom'], batches: 1, safe: 0 },
  ]);
});

test('tools and fields may have any name', () => {
  const args = JSON.parse('{"__proto__": "B-7041", "constructor": "B-7041"}') as object;
  const graph = learned(conversation('r', ['Mend.', [['__proto__', {}, { toString: 'B-7041' }]], [['constructor', args, {}]]]));
  expect(shown(graph)).toEqual([
    '__proto__ $.toString -> constructor $.__proto__ 1/1',
    '__proto__ $.toString -> constructor $.constructor 1/1',
  ]);
});

test.each([
  ['$.slots[12].id', '$.slots[*].id'],
  ['$[0]["u-20931"].mail', '$[*][*].mail'],
  ['$.users.u20931.mail', '$.users[*].mail'],
  ['$["full name"].line2', '$["full name"].line2'],
  ['$["2026-05-04"]', '$[*]'],
  ['$', '$'],
])('%s is %s', (path, pattern) => {
  expect(pathPattern(path)).toBe(pattern);
});
