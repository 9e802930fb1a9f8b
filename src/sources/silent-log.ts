import type { Observation } from '../model/observation.ts';
import type { LogRecord, Span } from '../dialects/span.ts';
import type { ProblemLog } from './problem.ts';

/** Tells, once a source, of answers that asked for tools and hold no content, and of content whose spans are missing. */
export class SilentLog {
  readonly #answers = new Map<string, number>();
  readonly #records = new Map<string, number>();

  /** A span that a limit cut is told of by itself. */
  look(span: Span, observation: Observation): void {
    if (observation.kind !== 'model' || observation.askedForTools !== true) return;
    if (observation.input !== undefined || observation.output !== undefined) return;
    if (span.droppedAttributes === 0 && !Object.values(span.attributes).includes(null)) increase(this.#answers, span.place.source);
  }

  /** A log record that no span in the input belongs to. */
  lookAtOrphan({ eventName, place }: LogRecord): void {
    if (eventName?.startsWith('gen_ai.') === true) increase(this.#records, place.source);
  }

  finish(problems: ProblemLog): void {
    for (const [source, count] of this.#answers) problems.addWhole({ source, reason: reasonOfAnswers(count) });
    for (const [source, count] of this.#records) problems.addWhole({ source, reason: reasonOfRecords(count) });
  }
}

const increase = (counts: Map<string, number>, source: string): void => {
  counts.set(source, (counts.get(source) ?? 0) + 1);
};

const reasonOfAnswers = (count: number): string =>
  `${count === 1 ? 'one answer' : `${count.toLocaleString('en-US')} answers`} asked for tools, but nothing of what was said is recorded. Give the log records too, where the writer puts content there, or switch content capture on, for traces to come: docs/dialects.md says how`;

const reasonOfRecords = (count: number): string =>
  `${count === 1 ? 'one log record tells of a model call whose span is' : `${count.toLocaleString('en-US')} log records tell of model calls whose spans are`} missing. Give the spans too: they are exported apart from the logs`;
