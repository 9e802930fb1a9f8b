import type { Format } from '../format.ts';

/** One JSON document, run by run: a `Report`. */
export function json(): Format {
  let isFirst = true;
  return {
    id: 'json',
    start: (output) => output.write('{"schemaVersion":1,"runs":['),
    run: ({ report }, output) => {
      output.write(`${isFirst ? '\n' : ',\n'}${JSON.stringify(report)}`);
      isFirst = false;
    },
    end: ({ summary, problems }, output) =>
      output.write(`\n],"summary":${JSON.stringify(summary)},"problems":${JSON.stringify(problems)}}\n`),
  };
}
