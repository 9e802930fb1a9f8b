/** Input that could not be read: reported, never fatal. */
export interface Problem {
  source: string;
  /** 1-based. */
  line?: number;
  reason: string;
}
