/**
 * Messages in the form of the GenAI conventions' JSON schemas:
 * https://github.com/open-telemetry/semantic-conventions-genai/tree/main/model/gen-ai
 */
export type Part = { type: string; [field: string]: unknown };

export interface Message {
  role: string;
  parts: Part[];
  name?: string;
  /** Of an answer: why it ended. */
  finish_reason?: string;
}

export type Json = Record<string, unknown>;

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
export const asString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Arguments as the model wrote them: JSON where they are JSON, else the text. */
export function parseArguments(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The conventions' word for a reason to stop. */
export const finishReason = (reason: unknown): string =>
  reason === 'tool_calls' || reason === 'function_call' ? 'tool_call' : (asString(reason) ?? 'error');
