import { useEffect, useState } from 'preact/hooks';

/** Where in the page somebody is; it lives in the hash, so that links work from disk. */
export type Route =
  | { view: 'overview' }
  | { view: 'runs'; query: URLSearchParams }
  | { view: 'run'; key: string }
  | { view: 'compare'; a: string; b: string }
  | { view: 'unknown' };

function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/u, '').split('?', 2);
  const [view = '', a, b] = path.split('/').filter(Boolean).map(decoded);
  if (view === '') return { view: 'overview' };
  if (view === 'runs') return { view: 'runs', query: new URLSearchParams(query) };
  if (view === 'run' && a !== undefined) return { view: 'run', key: a };
  if (view === 'compare' && a !== undefined && b !== undefined) return { view: 'compare', a, b };
  return { view: 'unknown' };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const runHref = (key: string): string => `#/run/${encodeURIComponent(key)}`;
export const compareHref = (a: string, b: string): string => `#/compare/${encodeURIComponent(a)}/${encodeURIComponent(b)}`;
export const runsHref = (query: Record<string, string>): string => `#/runs?${new URLSearchParams(query)}`;

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return parseRoute(hash);
}
