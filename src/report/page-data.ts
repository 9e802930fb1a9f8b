import type { Severity } from '../../analyzers/finding.ts';

/**
 * The contract between the report and its page: plain data, small names left out where they are the usual case.
 * The head (`PageData`) is read when the page opens; each run (`PageRun`) when somebody looks at it.
 */
export interface PageData {
  version: 1;
  title: string;
  rows: PageRow[];
  /** Names of all tools; rows refer to them by index. */
  tools: string[];
  overview: PageOverview;
  problems: { source: string; line?: number; reason: string; count?: number }[];
  evaluation?: PageEvaluation;
  learned?: PageLearned;
}

/** A run as a line of the list. `PageRun`s lie in the page in the same order. */
export interface PageRow extends PageLabels {
  /** Unique in the page: the run's id, or a stand-in where two share it. */
  key: string;
  id: string;
  /** The first words of the user. */
  asked: string;
  source: string;
  tools: number[];
  /** From the user's message to the final answer; absent where the trace has no times. */
  ms?: number;
  tokens: number;
  turns: number;
  calls: number;
  wasted: number;
  dependent: number;
  /** Calls without a verdict; absent where every call has one. */
  unknown?: number;
  errors: number;
  correct?: boolean;
  note?: string;
}

/** Which cell of an evaluation a run belongs to. */
interface PageLabels {
  variant?: string;
  example?: string;
  /** Absent where every run of the page has the same. */
  trial?: string;
}

export interface PageOverview {
  metrics: PageMetric[];
  /** Counts as sentences: runs, calls, batches. */
  facts: PageFact[];
  tools: { name: string; calls: number; wasted: number; dependent: number; errors: number }[];
  batches: { size: number; batches: number; calls: number; wasted: number }[];
  /** One entry a value of `fanlight.variant`, where runs have labels. */
  variants: { name: string; runs: number; metrics: PageMetric[] }[];
}

export interface PageFact {
  label: string;
  text: string;
  detail?: string;
}

export interface PageMetric extends PageFact {
  id: string;
  /** In words: "at most 1.40 s". */
  threshold?: string;
  passed?: boolean;
}

export interface PageRun {
  turns: PageTurn[];
  calls: PageCall[];
  findings: PageFinding[];
  /** What entered the conversation after the last turn. */
  trailing?: PageSaid[];
  /** Milliseconds since the epoch, of time 0 in this run. */
  began?: number;
  score?: PageScore;
}

export interface PageTurn {
  /** Start and end, in milliseconds since the run began. */
  at?: [start: number, end: number];
  model?: string;
  tokens?: [input: number, output: number];
  /** What was new in its input, tool results left out. */
  heard?: PageSaid[];
  text?: Shown;
  error?: string;
  /** Its answer was thrown away. */
  dropped?: true;
}

export interface PageSaid {
  by: 'user' | 'assistant' | 'note';
  text: Shown;
}

export interface PageCall {
  id: string;
  name: string;
  turn: number;
  at?: [start: number, end: number];
  /** Milliseconds it waited before it started: for calls that run alone, then for a free slot; 0 for what is too short to matter. */
  waits?: [barrier: number, slot: number];
  arguments?: Shown;
  result?: Shown;
  failed?: true;
  effect?: 'read' | 'write';
  /** `used` where absent. */
  verdict?: 'wasted' | 'unknown';
  wasted?: 'dropped' | 'superseded' | 'duplicate' | 'unused';
  confidence: number;
  speculative?: true;
  /** Indices of the calls it should have waited for. */
  dependsOn?: number[];
  /** Where its result came up again: a turn's text, or the arguments of a call (an index). */
  usedBy?: { turn: number; call?: number }[];
}

export interface PageFinding {
  rule: string;
  severity: Severity;
  message: string;
  /** Indices: first the call it is about, then those it is measured against. */
  calls: number[];
  confidence: number;
  evidence: string[];
  cost?: string;
  fix?: string;
}

/** A text as it is shown: whole, or in pieces where a value is marked or something was left out. */
export type Shown = string | Piece[];
export type Piece = string | { mark: string } | { left: number };

export interface PageScore {
  correct: boolean | null;
  checks: { name: string; passed: boolean; reason: string }[];
}

/** What an evaluation adds. */
export interface PageEvaluation {
  /** Metrics with their intervals as `detail`. */
  variants: { name: string; gate: 'passed' | 'failed' | 'not gated'; metrics: PageMetric[] }[];
  comparisons: {
    baseline: string;
    candidate: string;
    rows: { label: string; a: string; b: string; difference: string; interval: string; verdict: string }[];
  }[];
  /** How to read the comparisons; said under them. */
  caveat?: string;
  /** Shown as a banner on every view, such as "simulation". */
  note?: string;
}

/** Which argument takes its value from which field, where the runs show it. */
export interface PageLearned {
  /** The strongest first. */
  edges: {
    from: string;
    field: string;
    to: string;
    argument: string;
    /** "94 of 95". */
    calls: string;
    confidence: number;
    /** Where the other calls had it from; '' where there are none. */
    elsewhere: string;
    /** The tool that is fed changes something. */
    writes?: true;
  }[];
  /** Edges not shown. */
  left: number;
  drawing: {
    width: number;
    height: number;
    node: { width: number; height: number };
    nodes: { x: number; y: number; name: string; effect: 'read' | 'write' | 'unknown' }[];
    lines: { path: string; edges: number }[];
  };
}
