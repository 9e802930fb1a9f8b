import type { Evidence, EvidencePlace, Finding } from '../../analyzers/finding.ts';
import type { RunReport } from '../analysis/report.ts';

/** How a person gets from a finding to the page of its rule. */
export const explain = (rule: string): string => `fanlight explain ${rule}`;

/** Names a place as a person would: "book_appointment (turn 1) argument $.slot_id". */
function placeText(place: EvidencePlace, report: RunReport): string {
  const name = report.calls.find((call) => call.id === place.call)?.name;
  const turn = `turn ${place.turn + 1}`;
  if (place.part === 'user') return `the user's message (${turn})`;
  if (name === undefined) return `${place.part} of ${turn}`;
  const path = place.path === undefined || place.path === '$' ? '' : ` ${place.path}`;
  return `${place.part === 'arguments' ? 'argument' : 'result'}${path} of ${name} (${turn})`;
}

/** One line a piece of evidence. */
export function evidenceText({ kind, value, from, to }: Evidence, report: RunReport): string {
  const quoted = JSON.stringify(value);
  const at = (place: EvidencePlace | undefined): string => (place === undefined ? '' : placeText(place, report));
  switch (kind) {
    case 'guessed':
      return `sent ${quoted} as ${at(to)}; nothing before gave it`;
    case 'replaced':
      return `sent ${quoted} as ${at(to)}`;
    case 'supplied':
      if (from === undefined) return `then sent ${quoted} as ${at(to)}`;
      return `${quoted} came from ${at(from)}${to === undefined ? '' : ` and became ${at(to)}`}`;
    case 'answered':
      return `answered ${quoted}`;
    case 'held':
      return `${quoted} in ${at(to)} was already in ${at(from)}`;
    case 'required':
      return `the instructions say ${quoted}`;
    case 'absent':
    case 'timed':
      return value;
  }
}

/** Findings of the same calls under one head, the gravest first. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const grave = { error: 0, warning: 1, info: 2 };
  return findings.toSorted((a, b) => grave[a.severity] - grave[b.severity]);
}
