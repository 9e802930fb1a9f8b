import type { Format } from '../format.ts';

/** One `RunReport` a line as it is ready, then `{"summary": …, "problems": […]}`. */
export function ndjson(): Format {
  return {
    id: 'ndjson',
    start: () => {},
    run: ({ report }, output) => output.write(`${JSON.stringify(report)}\n`),
    end: ({ summary, problems }, output) => output.write(`${JSON.stringify({ summary, problems })}\n`),
  };
}
