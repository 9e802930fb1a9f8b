import type { styleText } from 'node:util';
import type { Finding } from '../../analyzers/finding.ts';
import type { RunReport } from '../analysis/report.ts';
import { costText } from './numbers.ts';
import { safe } from './safe.ts';
import { evidenceText, explain } from './words.ts';

type Style = Parameters<typeof styleText>[0];
/** Colours a text, or leaves it. */
export type Paint = (style: Style, text: string) => string;

const plain: Paint = (_, text) => text;

const COLOURS: Record<Finding['severity'], Style> = { error: 'red', warning: 'yellow', info: 'blue' };

/**
 * A finding as a person reads it: what it is, its evidence, its cost and what to change.
 *
 * @param shown evidence that stands above already; two rules may rest on the same
 */
export function findingLines(finding: Finding, report: RunReport, shown: Set<string>, paint: Paint = plain): string[] {
  const evidence = finding.evidence.map((one) => safe(evidenceText(one, report))).filter((text) => !shown.has(text));
  for (const text of evidence) shown.add(text);
  const cost = costText(finding.cost);
  const label = (name: string): string => paint('dim', `    ${name.padEnd(9)}`);
  return [
    `  ${paint(COLOURS[finding.severity], finding.severity)} ${paint('bold', finding.rule)}  ${safe(finding.message)} ${paint('dim', `(confidence ${finding.confidence.toFixed(2)})`)}`,
    ...evidence.map((text, i) => `${label(i === 0 ? 'evidence' : '')}${text}`),
    ...(cost === '' ? [] : [`${label('cost')}${cost}`]),
    ...(finding.fix === undefined ? [] : [`${label('fix')}${safe(finding.fix)}`]),
    `${label('why')}${explain(finding.rule)}`,
    '',
  ];
}
