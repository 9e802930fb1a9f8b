export type Severity = 'error' | 'warning' | 'info';

/** A place in a run that a person can look up. */
export interface EvidencePlace {
  /** Id of the call, for arguments and results. */
  call?: string;
  turn: number;
  /** `user`: what the user said; `instructions`: the system prompt. */
  part: 'arguments' | 'result' | 'text' | 'reasoning' | 'instructions' | 'user';
  /** JSON path within the arguments or the result. */
  path?: string;
  /** Offsets in the text. */
  start?: number;
  end?: number;
}

/**
 * One thing a person can check:
 * - `guessed`: `value` was sent as an argument (`to`), and nothing before supplied it;
 * - `replaced`: `value` was sent as an argument (`to`), and something else the second time;
 * - `supplied`: `value` stands in a result, or in what the user or the prompt says (`from`), and, where `to` is given, was taken over there;
 * - `answered`: `value` is what the call's own result said (`from`);
 * - `held`: `value` stands in this result (`to`) and already stood in an earlier one (`from`);
 * - `absent`: what should be there is not; `value` says what;
 * - `timed`: how long something took, or waited; `value` says what and how long;
 * - `required`: `value` is a sentence of the instructions that the call went against.
 */
export interface Evidence {
  kind: 'guessed' | 'replaced' | 'supplied' | 'answered' | 'held' | 'absent' | 'timed' | 'required';
  value: string;
  from?: EvidencePlace;
  to?: EvidencePlace;
}

/** What a finding costs, as far as the trace tells. Tokens are estimates: four characters each. */
export interface Cost {
  /** The call and its result, once for each later model input that carried it; of a turn too many, its whole input. */
  tokens?: number;
  /** Milliseconds the call ran; of a turn too many, those of the model and of the tools that could have overlapped. */
  ms?: number;
  /** How many of them the run would have been shorter without it; 0 means it cost money only. */
  criticalMs?: number;
  /** US dollars, where the model's price is known. */
  usd?: number;
}

/** One thing worth a person's time. */
export interface Finding {
  rule: string;
  severity: Severity;
  message: string;
  /** Ids of the calls: first the one it is about, then those it is measured against. */
  calls: string[];
  spanIds: string[];
  /** 0..1. */
  confidence: number;
  evidence: Evidence[];
  cost: Cost;
  /** What to change. */
  fix?: string;
}
