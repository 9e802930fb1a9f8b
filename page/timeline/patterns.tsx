/** Patterns and arrow heads that every timeline of the page refers to. */
export function Patterns() {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="hatch-ground" width="6" height="6" />
          <rect class="hatch-line" width="2.5" height="6" />
        </pattern>
        <pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse">
          <circle class="dot" cx="1" cy="1" r="0.9" />
        </pattern>
        <pattern id="strokes" width="4" height="4" patternUnits="userSpaceOnUse">
          <rect class="dot" width="1.4" height="4" />
        </pattern>
        <pattern id="pause" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="pause-line" width="1.2" height="8" />
        </pattern>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path class="arrow-head" d="M0 0.5 8 4 0 7.5z" />
        </marker>
      </defs>
    </svg>
  );
}
