import type { Format } from '../format.ts';
import { costText } from '../numbers.ts';
import { problemsBySource, problemText, shownProblems } from '../problems.ts';
import { safeMarkdown } from '../safe.ts';
import { evidenceText, sortFindings } from '../words.ts';
import { summaryRows } from './pretty.ts';

/** For pull requests and issues: the findings by run, then the summary as a table. */
export function markdown(): Format {
  return {
    id: 'markdown',
    start: (output) => output.write('# fanlight\n\n'),
    run: ({ report }, output) => {
      if (report.findings.length === 0) return;
      output.write(`## ${safeMarkdown(report.id)}\n\n`);
      for (const finding of sortFindings(report.findings)) {
        const cost = costText(finding.cost);
        const lines = [
          `- **${finding.severity}** \`${finding.rule}\`: ${safeMarkdown(finding.message)}`,
          ...finding.evidence.map((evidence) => `  - ${safeMarkdown(evidenceText(evidence, report))}`),
          ...(cost === '' ? [] : [`  - cost: ${safeMarkdown(cost)}`]),
          ...(finding.fix === undefined ? [] : [`  - fix: ${safeMarkdown(finding.fix)}`]),
        ];
        output.write(`${lines.join('\n')}\n`);
      }
      output.write('\n');
    },
    end: ({ summary, problems }, output) => {
      output.write('## Summary\n\n| | | |\n| --- | --- | --- |\n');
      for (const row of summaryRows(summary)) output.write(`| ${row.map((cell) => cell.trim()).join(' | ')} |\n`);
      if (problems.length === 0) return;
      const { shown, rest } = shownProblems(problems);
      output.write(`\n## Problems in the input\n\n${problemsBySource(problems)}:\n\n`);
      for (const problem of shown) output.write(`- ${safeMarkdown(problemText(problem))}\n`);
      if (rest !== undefined) output.write(`- ${rest}\n`);
    },
  };
}
