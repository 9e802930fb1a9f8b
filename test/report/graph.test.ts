import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { wilsonLower } from '../../src/analysis/learned/wilson.ts';
import type { LearnedGraph } from '../../src/analysis/learned/graph-schema.ts';
import { graphFormats } from '../../src/report/graph/formats.ts';
import { layoutOf, NODE } from '../../src/report/page/graph-layout.ts';
import { PAYLOADS } from '../support/hostile.mjs';

type Effect = 'read' | 'write' | 'unknown';

function graphOf(
  tools: [name: string, effect: Effect][],
  edges: [from: string, path: string, to: string, path: string, support: number][],
): LearnedGraph {
  return {
    graphVersion: 1,
    runs: 20,
    tools: tools.map(([name, effect]) => ({ name, calls: 9, effect, effects: { read: 0, write: 0, unknown: 0, [effect]: 9 } })),
    edges: edges.map(([from, fromPath, to, toPath, support]) => ({
      from: { tool: from, path: fromPath },
      to: { tool: to, path: toPath },
      support,
      runs: 5,
      opportunities: 9,
      confidence: wilsonLower(support, 9),
      confidenceUnlessTold: wilsonLower(support, support),
      elsewhere: { user: 9 - support, system: 0, constant: 0, nothing: 0, tool: 0 },
      examples: [],
      counterExamples: support === 9 ? [] : [{ run: 'r7', call: 'c2', value: 'L-9', origin: 'user' }],
    })),
    pairs: [
      { tools: ['find_looms', 'weather'], batches: 4, safe: 4 },
      { tools: ['find_looms', 'mend'], batches: 4, safe: 3 },
    ],
  };
}

const looms = graphOf(
  [
    ['find_looms', 'read'],
    ['mend', 'write'],
    ['weather', 'unknown'],
  ],
  [['find_looms', '$.looms[*].berth', 'mend', '$.at', 8]],
);
const draw = (format: string, graph: LearnedGraph, parallel = false): string => graphFormats[format]?.({ graph, parallel }, false) ?? '';

describe('pretty', () => {
  test('says what feeds what, and where the rest came from', () => {
    expect(draw('pretty', looms)).toBe(
      [
        '1 learned dependency  in 20 runs with 3 tools',
        '  0.57  8/9  find_looms looms[*].berth → mend at  (write)',
        '           else 1 from the user; r7 c2 sent "L-9"',
        '',
      ].join('\n'),
    );
  });

  test('tells pairs that were never a mistake, where asked', () => {
    expect(draw('pretty', looms, true)).toContain('  find_looms beside weather  4 batches\n');
    expect(draw('pretty', looms, true)).not.toContain('beside mend');
  });

  test('lets no name move the cursor', () => {
    for (const payload of PAYLOADS) expect(draw('pretty', hostileGraph(payload), true)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/u);
  });
});

test('json is the graph', () => {
  expect(JSON.parse(draw('json', looms))).toEqual(looms);
});

describe('mermaid', () => {
  test('draws a write with two walls and a pair as a dotted line', () => {
    expect(draw('mermaid', looms, true)).toBe(
      [
        'flowchart LR',
        '  t0["find_looms"]',
        '  t1[["mend"]]',
        '  t2("weather")',
        '  t0 -->|"looms#91;#42;#93;.berth -#62; at  8/9"| t1',
        '  t0 -.-|"4/4"| t2',
        '',
      ].join('\n'),
    );
  });

  test('holds nothing of a name but letters, digits and codes', () => {
    for (const payload of PAYLOADS) {
      const texts = [...draw('mermaid', hostileGraph(payload), true).matchAll(/"(?<text>[^"]*)"/gu)].map(({ groups }) => groups?.['text']);
      expect(texts.length).toBeGreaterThan(2);
      for (const text of texts) expect(text?.replaceAll(/#\d+;/gu, '')).toMatch(/^[\p{L}\p{N} _/.-]*$/u);
    }
  });
});

describe('dot', () => {
  test('draws a write with two walls and a pair as a dotted line', () => {
    expect(draw('dot', looms, true).split('\n').slice(4, -2)).toEqual([
      '  t0 [label="find_looms", style=rounded];',
      '  t1 [label="mend", style=bold, peripheries=2];',
      '  t2 [label="weather", style="rounded,dashed"];',
      '  t0 -> t1 [label="looms[*].berth -> at  8/9"];',
      '  t0 -> t2 [dir=none, style=dotted, constraint=false, label="4/4"];',
    ]);
  });

  // Graphviz is no dependency of ours: where it is not installed, this is skipped.
  test.skipIf(spawnSync('dot', ['-V']).error !== undefined)(
    'is read by Graphviz as it was meant, whatever the names (skipped where dot is not installed)',
    () => {
      const names = ['a"b\\N\\', '<b>x</b>', '&lt;i&gt;', 'x"];} digraph {', String.raw`\G \l`, 'ünïcode 工具'];
      for (const name of names) {
        const { stdout, stderr, status } = spawnSync('dot', ['-Tjson0'], {
          input: draw('dot', hostileGraph(name), true),
          encoding: 'utf8',
        });
        expect([status, stderr]).toEqual([0, '']);
        const { objects, edges } = JSON.parse(stdout) as { objects: { label: string }[]; edges: unknown[] };
        expect(objects).toHaveLength(3);
        expect(edges).toHaveLength(2);
        const svg = spawnSync('dot', ['-Tsvg'], { input: draw('dot', hostileGraph(name), true), encoding: 'utf8' }).stdout;
        expect([...svg.matchAll(/<text[^>]*>(?<text>[^<]*)</gu)].map(({ groups }) => unescaped(groups?.['text'] ?? ''))).toContain(name);
      }
    },
  );
});

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
const unescaped = (text: string): string =>
  text.replaceAll(/&(?:#(?<code>\d+)|(?<name>\w+));/gu, (_, code: string | undefined, name: string) =>
    code === undefined ? (ENTITIES[name] ?? '') : String.fromCodePoint(Number(code)),
  );

function hostileGraph(name: string): LearnedGraph {
  const graph = graphOf(
    [
      [name, 'read'],
      ['mend', 'write'],
      ['weather', 'read'],
    ],
    [[name, `$.${name}`, 'mend', `$["${name}"]`, 8]],
  );
  return { ...graph, pairs: [{ tools: [name, 'weather'], batches: 2, safe: 2 }] };
}

describe('the layout', () => {
  test('puts what feeds to the left of what is fed, and nothing upon another', () => {
    const edges: [number, number][] = [
      [0, 1],
      [1, 2],
      [0, 2],
      [3, 2],
      [3, 4],
    ];
    const { nodes, width, height } = layoutOf(5, edges);
    for (const [from, to] of edges) expect(nodes[from]?.x).toBeLessThan(nodes[to]?.x ?? 0);
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(5);
    for (const { x, y } of nodes) expect(x + NODE.width <= width && y + NODE.height <= height).toBe(true);
  });

  test('ends on circles and on tools that feed themselves', () => {
    const { nodes, lines } = layoutOf(3, [
      [0, 1],
      [1, 0],
      [2, 2],
      [0, 1],
    ]);
    expect(nodes).toHaveLength(3);
    expect(lines.map(({ edges }) => edges)).toEqual([2, 1, 1]);
  });
});
