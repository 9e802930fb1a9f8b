import { useState } from 'preact/hooks';
import { count } from '../../src/report/numbers.ts';
import type { PageLearned } from '../../src/report/page-data.ts';

/** Rows shown before somebody asks for all. */
const MOST = 10;

/** Which argument takes its value from which field: as a picture, and as the table that says it all. */
export function Learned({ learned: { edges, left, drawing } }: { learned: PageLearned }) {
  const [isWhole, setWhole] = useState(false);
  return (
    <section aria-labelledby="learned-heading">
      <h2 id="learned-heading">Learned dependencies</h2>
      <p class="dim">
        Arguments that took their value from another tool's result. Of each: in how many of the calls with that argument, and how large a
        part that is at least (95 % interval).
      </p>
      <div class="scroll" role="region" aria-label="Graph of the learned dependencies" tabIndex={0}>
        <Drawing drawing={drawing} />
      </div>
      <div class="scroll" role="region" aria-label="Learned dependencies" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {['argument', 'takes its value from', 'calls', 'confidence', 'otherwise'].map((head, column) => (
                <th key={head} scope="col" class={column === 2 || column === 3 ? 'number' : ''}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {edges.slice(0, isWhole ? Infinity : MOST).map(({ from, field, to, argument, calls, confidence, elsewhere, writes }, i) => (
              <tr key={i}>
                <th scope="row">
                  <bdi>{argument}</bdi>
                  <span class="dim detail">
                    of <bdi>{to}</bdi>
                    {writes && ', a write'}
                  </span>
                </th>
                <td>
                  <bdi>{field}</bdi>
                  <span class="dim detail">
                    of <bdi>{from}</bdi>
                  </span>
                </td>
                <td class="number">{calls}</td>
                <td class="number">{confidence.toFixed(2)}</td>
                <td class="dim">{elsewhere || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {edges.length > MOST && (
        <button type="button" class="link" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Fewer' : `All ${edges.length}`}
        </button>
      )}
      {left > 0 && <p class="dim">{count(left, 'weaker one')} left out; fanlight graph shows them all.</p>}
    </section>
  );
}

function Drawing({ drawing: { width, height, node, nodes, lines } }: Pick<PageLearned, 'drawing'>) {
  return (
    <svg
      class="dependencies"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${count(nodes.length, 'tool')} and ${count(lines.length, 'line')} between them; the table below says what feeds what.`}
    >
      <marker id="feeds" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto">
        <path d="M0 0.5L8 4L0 7.5z" />
      </marker>
      {lines.map(({ path, edges }, i) => (
        <path key={i} class="feed" d={path} stroke-width={Math.min(4, 0.75 + 0.75 * edges)} marker-end="url(#feeds)" />
      ))}
      {nodes.map(({ x, y, name, effect }, i) => (
        <g key={i} class={effect} transform={`translate(${x} ${y})`}>
          <rect width={node.width} height={node.height} rx={effect === 'write' ? 2 : 8} />
          {effect === 'write' && <rect class="inner" x="3" y="3" width={node.width - 6} height={node.height - 6} rx="1" />}
          <text x={node.width / 2} y={node.height / 2} dominant-baseline="central" text-anchor="middle">
            {name}
          </text>
        </g>
      ))}
    </svg>
  );
}
