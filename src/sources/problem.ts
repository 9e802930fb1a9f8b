/** What is wrong with the input, wholly or in part unread: reported, never fatal. */
export interface Problem {
  source: string;
  /** 1-based. */
  line?: number;
  /** A sentence: what is wrong and, where something helps, what to do. */
  reason: string;
  /** How many problems it stands for, where they are more than one. */
  count?: number;
}

/** So many problems of one source are told one by one. */
const TOLD_EACH = 20;

/** Collects problems; a file of a million broken lines gives a screenful, with a count of the rest. */
export class ProblemLog {
  readonly #report: (problem: Problem) => void;
  readonly #counts = new Map<string, number>();
  readonly #told = new Set<string>();

  constructor(report: (problem: Problem) => void) {
    this.#report = report;
  }

  add(problem: Problem): void {
    const count = (this.#counts.get(problem.source) ?? 0) + 1;
    this.#counts.set(problem.source, count);
    if (count <= TOLD_EACH) this.#report(problem);
  }

  /** What is true of many elements of a source for one reason: told of the first. */
  addOnce(problem: Problem): void {
    const key = `${problem.source}\n${problem.reason}`;
    if (!this.#told.has(key)) this.#report(problem);
    this.#told.add(key);
  }

  /** A problem of the source as a whole, such as data that breaks off: told however many came before. */
  addWhole(problem: Problem): void {
    this.#report(problem);
  }

  /** Tells how many problems were left out, once a source (or everything) is read. */
  finish(): void {
    for (const [source, count] of this.#counts) {
      const more = count - TOLD_EACH;
      if (more > 0) this.#report({ source, reason: `and ${more} more problems like these`, ...(more > 1 && { count: more }) });
    }
    this.#counts.clear();
  }
}

/** A short excerpt of untrusted text for an error message, control characters made visible. */
export function excerptOf(text: string, length = 40): string {
  const shown = text.length <= length ? text : `${text.slice(0, length)}…`;
  return JSON.stringify(shown).replaceAll(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
