import { useEffect, useRef } from 'preact/hooks';
import { Compare } from './compare/compare.tsx';
import { Overview } from './overview/overview.tsx';
import { openRun, type Report } from './report-data.ts';
import { useRoute, type Route } from './route.ts';
import { RunList } from './runs/run-list.tsx';
import { RunView } from './run/run-view.tsx';
import { ThemeChoice } from './theme.tsx';
import { Patterns } from './timeline/patterns.tsx';

export function App({ report }: { report: Report }) {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const place = placeOf(route);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${titleOf(route, report)} · ${report.title}`;
    if (!isFirst.current) {
      scrollTo(0, 0);
      main.current?.querySelector('h1')?.focus();
    }
    isFirst.current = false;
  }, [place]);
  const current = (view: Route['view']): { 'aria-current'?: 'page' } => (route.view === view ? { 'aria-current': 'page' } : {});
  return (
    <>
      <Patterns />
      <button class="skip" type="button" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header class="shell">
        <a class="brand" href="#/">
          <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
            <path d="M2 8h12M2 8l11-5M2 8l11 5" />
          </svg>
          {report.title}
        </a>
        <nav aria-label="Views">
          <a href="#/" {...current('overview')}>
            Overview
          </a>
          <a href="#/runs" {...current('runs')}>
            Runs
          </a>
        </nav>
        <ThemeChoice />
      </header>
      {report.evaluation?.note !== undefined && <p class="banner">Note: {report.evaluation.note}</p>}
      <main ref={main} tabIndex={-1}>
        <View route={route} report={report} key={place} />
      </main>
    </>
  );
}

/** Filters of the list are no other place: they leave scroll and focus alone. */
function placeOf(route: Route): string {
  if (route.view === 'run') return `run ${route.key}`;
  return route.view === 'compare' ? `compare ${route.a} ${route.b}` : route.view;
}

function titleOf(route: Route, report: Report): string {
  if (route.view === 'run') return openRun(report, route.key)?.row.asked.slice(0, 60) || 'Run';
  return { overview: 'Overview', runs: 'Runs', compare: 'Side by side', unknown: 'Not found' }[route.view];
}

function View({ route, report }: { route: Route; report: Report }) {
  switch (route.view) {
    case 'overview':
      return <Overview report={report} />;
    case 'runs':
      return <RunList report={report} query={route.query} />;
    case 'run': {
      const open = openRun(report, route.key);
      return open === undefined ? <NotFound what={`no run "${route.key}"`} /> : <RunView report={report} open={open} />;
    }
    case 'compare': {
      const [a, b] = [openRun(report, route.a), openRun(report, route.b)];
      return a === undefined || b === undefined ? <NotFound what="no such pair of runs" /> : <Compare report={report} a={a} b={b} />;
    }
    case 'unknown':
      return <NotFound what="no such view" />;
  }
}

function NotFound({ what }: { what: string }) {
  return (
    <>
      <h1 tabIndex={-1}>Not in this report</h1>
      <p>
        There is {what} here. <a href="#/runs">All runs</a>
      </p>
    </>
  );
}
