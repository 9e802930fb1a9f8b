/**
 * Messages as every dialect hands them over: roles and parts in the shape of the OTel GenAI message
 * schemas (https://github.com/open-telemetry/semantic-conventions-genai), content already decoded.
 */

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export interface TextPart {
  type: 'text';
  text: string;
}

/** Thinking or reasoning text, where the trace holds it. */
export interface ReasoningPart {
  type: 'reasoning';
  text: string;
}

export interface ToolCallPart {
  type: 'tool_call';
  /** The provider's call id; absent in dialects that lose it. */
  id?: string;
  name: string;
  /** Parsed JSON arguments, or the raw string where they are not JSON; undefined where not captured. */
  arguments?: unknown;
  /** Run by the provider (web search, code interpreter, hosted MCP), not by the application. */
  server?: boolean;
  /** Issued by a program the model wrote, not by the model itself (`caller` of the Responses API). */
  program?: boolean;
  /** Started ahead of need on purpose; counted apart, never flagged. */
  speculative?: boolean;
}

export interface ToolResultPart {
  type: 'tool_result';
  /** The id of the call it answers; absent in dialects that lose it. */
  id?: string;
  /** The tool's name, where the message carries it. */
  name?: string;
  /** Text, or decoded JSON; undefined where not captured. */
  content?: unknown;
  /** True where the message itself says that the tool failed. */
  error?: boolean;
  /** A placeholder: the real result comes later (`async` tools). */
  pending?: boolean;
  server?: boolean;
}

export type Part = TextPart | ReasoningPart | ToolCallPart | ToolResultPart;

export interface Message {
  role: Role;
  parts: Part[];
  /** Which of several choices (`n > 1`) an output message is. */
  choice?: number;
}

export interface ToolDefinition {
  name: string;
  description?: string;
  /** MCP-style annotations, where the trace holds them. */
  readOnlyHint?: boolean;
  destructiveHint?: boolean;
  /** The result may arrive in a later turn (`async` tools of the Responses API). */
  async?: boolean;
  /** Allowed values and defaults named in the parameter schema: known to the model before any call. */
  schemaText?: string;
}

export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  /** Of the input tokens, those that the provider had cached. */
  cachedInputTokens?: number;
}
