/** A graph as it is drawn from left to right: what feeds stands left of what is fed. */
export interface GraphLayout {
  width: number;
  height: number;
  nodes: { x: number; y: number }[];
  /** One line for each two nodes that have an edge, as an SVG path. */
  lines: { path: string; edges: number }[];
}

export const NODE = { width: 226, height: 30 };
const GAP = { x: 90, y: 14 };
const MARGIN = 6;

/** @param edges pairs of nodes, by their numbers */
export function layoutOf(nodes: number, edges: readonly (readonly [from: number, to: number])[]): GraphLayout {
  const ranks = ranksOf(nodes, edges);
  const columns: number[][] = [];
  for (let node = 0; node < nodes; node++) (columns[ranks[node] ?? 0] ??= []).push(node);
  const rows = rowsOf(columns, edges);
  const places = rows.map((row, node) => ({
    x: MARGIN + (ranks[node] ?? 0) * (NODE.width + GAP.x),
    y: MARGIN + row * (NODE.height + GAP.y),
  }));
  const counts = new Map<string, number>();
  for (const [from, to] of edges) counts.set(`${from} ${to}`, (counts.get(`${from} ${to}`) ?? 0) + 1);
  const goesBack = edges.some(([from, to]) => (ranks[from] ?? 0) >= (ranks[to] ?? 0));
  return {
    width: columns.length * (NODE.width + GAP.x) - GAP.x + 2 * MARGIN,
    height: Math.max(0, ...rows) * (NODE.height + GAP.y) + NODE.height + 2 * MARGIN + (goesBack ? NODE.height : 0),
    nodes: places,
    lines: [...counts].map(([key, count]) => {
      const [from = 0, to = 0] = key.split(' ').map(Number);
      return { path: pathOf(places[from], places[to]), edges: count };
    }),
  };
}

/** The length of the longest way that leads to a node; an edge that closes a circle leads nowhere. */
function ranksOf(nodes: number, edges: readonly (readonly [number, number])[]): number[] {
  const feeders = Array.from({ length: nodes }, (): number[] => []);
  for (const [from, to] of edges) if (from !== to) feeders[to]?.push(from);
  const ranks: number[] = [];
  const open = new Set<number>();
  const rankOf = (node: number): number => {
    const known = ranks[node];
    if (known !== undefined) return known;
    open.add(node);
    const rank = Math.max(0, ...(feeders[node] ?? []).filter((from) => !open.has(from)).map((from) => rankOf(from) + 1));
    open.delete(node);
    ranks[node] = rank;
    return rank;
  };
  for (let node = 0; node < nodes; node++) rankOf(node);
  return ranks;
}

/** Rows by the mean row of what feeds a node, column by column, so that lines seldom cross. */
function rowsOf(columns: readonly number[][], edges: readonly (readonly [number, number])[]): number[] {
  const rows: number[] = [];
  for (const column of columns) {
    const wanted = new Map(
      column.map((node) => {
        const feeding = edges.flatMap(([from, to]) => (to === node && rows[from] !== undefined ? [rows[from]] : []));
        return [node, feeding.length === 0 ? Infinity : feeding.reduce((sum, row) => sum + row, 0) / feeding.length];
      }),
    );
    const wish = (node: number): number => wanted.get(node) ?? Infinity;
    let next = 0;
    for (const node of column.toSorted((a, b) => (wish(a) === wish(b) ? a - b : wish(a) - wish(b)))) {
      const row = Number.isFinite(wish(node)) ? Math.max(next, Math.floor(wish(node))) : next;
      rows[node] = row;
      next = row + 1;
    }
  }
  return rows;
}

interface Place {
  x: number;
  y: number;
}

function pathOf(from: Place = { x: 0, y: 0 }, to: Place = { x: 0, y: 0 }): string {
  const half = NODE.height / 2;
  const start = { x: from.x + NODE.width, y: from.y + half };
  const end = { x: to.x, y: to.y + half };
  const bend = Math.max(GAP.x / 2, Math.abs(end.x - start.x) / 3);
  // Forward to the right; back, or to itself, around below.
  if (end.x > start.x) return `M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
  const below = Math.max(start.y, end.y) + half + GAP.y;
  return `M${start.x} ${start.y}C${start.x + bend} ${below} ${end.x - bend} ${below} ${end.x} ${end.y}`;
}
