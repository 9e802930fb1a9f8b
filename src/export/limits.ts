/** How much of runs that are under way is held, and for how long. At any bound spans go on as they came. */
export interface Limits {
  /** Longest time from the first span of a trace to the end of its run. Default 120,000. */
  maxAgeMs: number;
  /** A trace whose agent has ended, but not the span around it, is done after so long without a span. Default 30,000. */
  quietMs: number;
  /** Spans held in all. Default 20,000. */
  maxSpans: number;
  /** Characters in the attributes of spans held in all. Default 64,000,000. */
  maxCharacters: number;
  /** Characters in the attributes of one run; a larger one is not analyzed. Default 2,000,000. */
  maxRunCharacters: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxAgeMs: 120_000,
  quietMs: 30_000,
  maxSpans: 20_000,
  maxCharacters: 64_000_000,
  maxRunCharacters: 2_000_000,
};
