import type { ToolDefinition, Usage } from './message.ts';

/** The rebuilt form every analyzer works on. Words as `docs/architecture.md` defines them. */

/** A piece of text or JSON that entered the model's input, in order. */
export interface ContextItem {
  kind: 'system' | 'user' | 'assistant' | 'note';
  text: string;
}

export interface ToolResult {
  /** Text, or decoded JSON; undefined where the trace does not hold it. */
  content: unknown;
  /** The tool failed, by what the trace says of it (span status, error flag), not by its text. */
  error: boolean;
}

export type CallOrigin =
  /** Issued by the model, run by the application: what the rules judge. */
  | 'model'
  /** Run by the provider. */
  | 'server'
  /** Issued by a program that the model wrote. */
  | 'program';

export interface ToolCall {
  /** Unique within the run: the provider's id, with a suffix where the provider reuses ids. */
  id: string;
  name: string;
  /** Parsed JSON, or the raw string where it is not JSON; undefined where not captured. */
  arguments: unknown;
  origin: CallOrigin;
  speculative: boolean;
  /** The result may still come: an `async` tool, or a placeholder was fed back. */
  pending: boolean;
  turn: number;
  /** Which choice of the turn (`n > 1`) issued it. */
  choice: number;
  /** Position in the batch, in the order the model listed the calls. */
  index: number;
  batchSize: number;
  /** True when the trace shows that it ran (a tool span, or a result). */
  ran: boolean;
  result?: ToolResult;
  /** Index of the turn whose input first carries the result; undefined if none does. */
  fedTurn?: number;
  /** Milliseconds since the epoch. */
  start?: number;
  end?: number;
  /** Milliseconds between its being asked for and its start, where the runtime says so; not part of start to end. */
  waits?: Waits;
  spanId?: string;
  traceId?: string;
}

/** Why a call did not start at once, in milliseconds: no free slot under the cap, or a call that runs alone. */
export interface Waits {
  slotMs: number;
  barrierMs: number;
}

export interface Turn {
  index: number;
  /** How many user messages the run held before this turn, minus one; equal numbers mean the same user turn. */
  userTurn: number;
  /** What is new in this turn's input beside tool results: system, user and inherited text. */
  context: ContextItem[];
  /** Results that enter with this turn's input: calls of earlier turns. */
  fed: ToolCall[];
  text: string[];
  reasoning: string[];
  /** In the model's order; calls of several choices follow each other. */
  calls: ToolCall[];
  /** True when the content of input and output was recorded; false means verdicts are unknown. */
  captured: boolean;
  /** False for a turn whose answer was thrown away: a retried request, a choice not taken. */
  kept: boolean;
  /** A later input repeats this turn's answer: what is missing beside it there is missing for good. */
  repeated: boolean;
  model?: string;
  start?: number;
  end?: number;
  spanId?: string;
  traceId?: string;
  usage?: Usage;
  error?: string;
  agentName?: string;
}

/** Which cell of an evaluation a run belongs to. */
export interface Labels {
  variant?: string;
  /** Id of the example in the dataset. */
  example?: string;
  /** Number of the trial, as text. */
  trial?: string;
}

export interface Run {
  id: string;
  traceId?: string;
  dialect: string;
  source: string;
  conversationId?: string;
  /** What an evaluation said of it. */
  labels?: Labels;
  tools: ToolDefinition[];
  turns: Turn[];
  /** All calls of all turns, in order. */
  calls: ToolCall[];
  /** What entered the model's input after the last turn, if the trace shows it (a transcript that ends early). */
  trailing: ContextItem[];
  start?: number;
  end?: number;
}
