/** A count as a bar, with the wasted part of it hatched; the numbers stand beside it. */
export function ShareBar({ total, wasted, most }: { total: number; wasted: number; most: number }) {
  const part = (n: number): string => `${(100 * n) / most}%`;
  return (
    <svg class="share" width="100%" height="12" aria-hidden="true">
      <rect class="used" x="0" y="0.5" width={part(total)} height="11" rx="2" />
      {wasted > 0 && <rect class="wasted" x="0" y="0.5" width={part(wasted)} height="11" rx="2" />}
    </svg>
  );
}
