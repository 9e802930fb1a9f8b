import type { Evidence, EvidencePlace, Finding } from '../../../analyzers/finding.ts';
import { rangeOf, type Printed } from './printed-json.ts';
import type { Range } from './shown-text.ts';

/** The values that findings rest on, by the place where they stand. */
export class Marks {
  readonly #places = new Map<string, { place: EvidencePlace; value: string }[]>();

  constructor(findings: readonly Finding[]) {
    for (const evidence of findings.flatMap((finding) => finding.evidence)) this.#add(evidence);
  }

  of(call: string, part: EvidencePlace['part'], printed: Printed): Range[] {
    const ranges = new Map<string, Range>();
    for (const { place, value } of this.#places.get(`${part} ${call}`) ?? []) {
      const range = rangeOf(printed, place.path ?? '$', value);
      if (range !== undefined) ranges.set(String(range), range);
    }
    return [...ranges.values()];
  }

  /** What a call answered is its whole result, what is absent stands nowhere, and a time is no text: none is a value to mark. */
  #add({ kind, value, from, to }: Evidence): void {
    if (kind === 'answered' || kind === 'absent' || kind === 'timed' || kind === 'required') return;
    for (const place of [from, to]) {
      if (place?.call === undefined) continue;
      const key = `${place.part} ${place.call}`;
      this.#places.set(key, [...(this.#places.get(key) ?? []), { place, value }]);
    }
  }
}
