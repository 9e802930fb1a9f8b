/**
 * What was found, patched and seen in this process: what `fanlight doctor` reports. Kept on the global object, so
 * that two copies of this package in one process tell one story.
 */
export interface Sightings {
  /** Copies of `openai` that were patched. */
  patched: { version: string | undefined; parts: string[]; file: string | undefined }[];
  /** Spans started, by operation. */
  spans: Record<string, number>;
  /** Tool calls that models asked for. */
  calls: number;
  /** Why something was not patched, in sentences. */
  warnings: string[];
  /** Whose SDK exports the spans, as far as `fanlight/register` knows. */
  sdk?: string;
}

const KEY = Symbol.for('fanlight.sightings');
const holder = globalThis as { [KEY]?: Sightings };

export const sightings: Sightings = (holder[KEY] ??= { patched: [], spans: {}, calls: 0, warnings: [] });

export function noteSpan(operation: string): void {
  sightings.spans[operation] = (sightings.spans[operation] ?? 0) + 1;
}

export function noteCalls(count: number): void {
  sightings.calls += count;
}
