import { useEffect, useState } from 'preact/hooks';

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = (): void => setMatches(list.matches);
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, [query]);
  return matches;
}

/** The width below which labels stand above what they name; the style sheets use the same. */
export const useIsNarrow = (): boolean => useMedia('(max-width: 700px)');

/** The width below which there is no room beside a timeline; the style sheets use the same. */
export const useIsStacked = (): boolean => useMedia('(max-width: 1000px)');

export const usePrefersStillness = (): boolean => useMedia('(prefers-reduced-motion: reduce)');
