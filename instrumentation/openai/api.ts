import type { Attributes } from '@opentelemetry/api';
import type { Message } from '../content/message.ts';
import type { TokenUsage } from '../instruments.ts';
import type { EmittedCall } from '../turns.ts';

/** What an answer tells, whatever the API. */
export interface Answer {
  attributes: Attributes;
  model: string | undefined;
  responseId: string | undefined;
  usage: TokenUsage | undefined;
  /** The batch: the tool calls of the first choice that has any, for the application to run. */
  calls: EmittedCall[];
  /** One message a choice; made only where content is recorded. */
  messages(): Message[];
  /** Set where the API answered that it failed. */
  error?: { type: string; message: string } | undefined;
}

/** Puts the chunks of a stream together, keeping no more than is needed. */
export interface Assembly {
  add(chunk: unknown): void;
  /** What has come so far. */
  answer(): Answer;
  /** False where the stream ended early. */
  readonly isWhole: boolean;
}

/** One endpoint of the client: what a request says, what an answer says. */
export interface Api {
  /** `gen_ai.operation.name` */
  operation: string;
  /** Adds what a request says to a span's attributes. */
  requestAttributes(body: Record<string, unknown>, into: Attributes): void;
  answer(data: unknown): Answer;
  /** @param withContent false where nobody will ask for messages */
  assembly(withContent: boolean): Assembly;
  /** The input as sent, a unit being a message or an item; undefined where this API has none. */
  units(body: Record<string, unknown>): readonly unknown[] | undefined;
  message(unit: unknown): Message;
  /** Ids of the tool calls that the input's last units answer. */
  answeredCalls(body: Record<string, unknown>): string[];
  /** Instructions beside the input. */
  instructions(body: Record<string, unknown>): unknown;
  conversationId(body: Record<string, unknown>): string | undefined;
  /** The request with usage on streams asked for; undefined where it says so already, or cannot. */
  withStreamUsage(body: Record<string, unknown>): Record<string, unknown> | undefined;
}
