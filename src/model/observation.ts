import type { Message, ToolDefinition, Usage } from './message.ts';
import type { Labels, Waits } from './run.ts';

/**
 * What a dialect makes of its source: the model calls, tool executions and scopes it saw, not yet tied
 * together. `src/model/rebuild` ties them into runs, the same way for every dialect.
 */

/** Where an observation comes from. Ids are lower-case hex where they come from OTLP. */
export interface Origin {
  /** File name, or `-` for standard input. */
  source: string;
  line?: number;
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  /** Of this span alone; those above it have their own. */
  labels?: Labels;
}

interface Observed {
  origin: Origin;
  /** The dialect's id. */
  dialect: string;
  /** Milliseconds since the epoch, fractions kept; absent where the source has no times. */
  start?: number;
  end?: number;
}

/** One request to a model and what it answered. */
export interface ModelCall extends Observed {
  kind: 'model';
  model?: string;
  provider?: string;
  conversationId?: string;
  agentName?: string;
  responseId?: string;
  previousResponseId?: string;
  /** The whole input as sent (or, with `previousResponseId`, what is new); undefined where not captured. */
  input?: Message[];
  /** One message a choice; undefined where not captured. */
  output?: Message[];
  /** The answer asked for tools, by the reason why it ended: known where its content was not captured. */
  askedForTools?: boolean;
  tools?: ToolDefinition[];
  usage?: Usage;
  /** The error type or message, where the call failed. */
  error?: string;
  /** The input was summarised or compacted by the framework before this call. */
  compacted?: boolean;
}

/** One execution of a tool by the application. */
export interface ToolExecution extends Observed {
  kind: 'tool';
  name: string;
  callId?: string;
  conversationId?: string;
  arguments?: unknown;
  result?: unknown;
  error?: string;
  speculative?: boolean;
  waits?: Waits;
}

/** A span that is neither a model call nor a tool: an agent's scope, or a plain span that only carries ancestry. */
export interface Scope extends Observed {
  kind: 'scope';
  name: string;
  /** True for `invoke_agent` and its like: the calls below belong together. */
  agent: boolean;
  conversationId?: string;
  /** Of a scope around one model call and its tools: what that call used, for where the call itself does not say. */
  usage?: Usage;
}

/** A whole conversation with no spans at all: the message log many people have as their only trace. */
export interface Transcript extends Observed {
  kind: 'transcript';
  id?: string;
  model?: string;
  messages: Message[];
  tools?: ToolDefinition[];
}

export type Observation = ModelCall | ToolExecution | Scope | Transcript;
