import type { Evaluation } from '../../evaluate/evaluation.ts';
import { METRICS } from '../../evaluate/metrics.ts';
import { thresholdText, valueText } from './words.ts';

/** JUnit XML, as CI servers read it: a suite a gated variant, a test a threshold. */
export function junit({ suite, variants, gate }: Evaluation): string {
  const gated = variants.filter(({ name }) => gate.variants.includes(name));
  const incomplete = gate.reasons.filter((reason) => /^not everything was run|has no run$|every run failed$/u.test(reason));
  const suites = gated.map(({ name, gate: rows }) => {
    const cases = rows.map((row) => {
      const label = METRICS.find(({ id }) => id === row.metric)?.label ?? row.metric;
      const said = `${valueText(row.metric, row.value)}, wanted ${thresholdText(row)}`;
      return testCase(`${suite}.${name}`, label, row.passed ? undefined : `${label} is ${said}`);
    });
    return testSuite(name, cases, rows.filter(({ passed }) => !passed).length);
  });
  const whole = testSuite(
    'evaluation',
    [testCase(suite, 'everything was run', incomplete.length === 0 ? undefined : incomplete.join('; '))],
    Math.min(1, incomplete.length),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escape(suite)}">\n${[...suites, whole].join('')}</testsuites>\n`;
}

const testSuite = (name: string, cases: readonly string[], failures: number): string =>
  `  <testsuite name="${escape(name)}" tests="${cases.length}" failures="${failures}">\n${cases.join('')}  </testsuite>\n`;

const testCase = (of: string, name: string, failure: string | undefined): string =>
  failure === undefined
    ? `    <testcase classname="${escape(of)}" name="${escape(name)}"/>\n`
    : `    <testcase classname="${escape(of)}" name="${escape(name)}">\n      <failure message="${escape(failure)}"/>\n    </testcase>\n`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** XML 1.0 knows no control characters but tab and line ends, escaped or not. */
const escape = (text: string): string =>
  text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu, '\ufffd').replaceAll(/[&<>"']/gu, (c) => ENTITIES[c] ?? c);
