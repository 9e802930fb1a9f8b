import type { Attributes, SpanContext } from '@opentelemetry/api';
import * as semconv from '../semconv.ts';
import type { Settings } from '../settings.ts';
import { toolOf } from '../turns.ts';
import { Conversations, type Continuation } from './conversations.ts';
import { asList, asString, isJson, type Json, type Message } from './message.ts';
import { Transform } from './transform.ts';
import { contentParts } from './chat-messages.ts';
import { WrittenMessages } from './written-messages.ts';

/** What of a model call's input is recorded, and what is needed to record the next one. */
export interface RecordedInput {
  attributes: Attributes;
  units: readonly unknown[];
  base: Continuation | undefined;
  settled: Attributes;
}

interface Fixed {
  instructions: unknown;
  tools: unknown;
}

/** Turns messages, arguments and results into attributes, in the mode that was asked for. */
export class ContentRecorder {
  readonly isOn: boolean;
  readonly #mode: Settings['content'];
  readonly #limit: number;
  readonly #transform: Transform;
  readonly #conversations = new Conversations();
  readonly #written = new WrittenMessages();
  readonly #madeDefinitions = new WeakMap<object, object>();

  constructor(settings: Settings) {
    this.#mode = settings.content;
    this.#limit = settings.maxAttributeLength;
    this.isOn = settings.content !== 'off';
    this.#transform = new Transform(settings);
  }

  /** @param fixed what seldom changes in a conversation: delta recording writes it only where it does */
  input(units: readonly unknown[], messageOf: (unit: unknown) => Message, spanContext: SpanContext, fixed: Fixed): RecordedInput {
    const base = this.#mode === 'full' ? undefined : this.#conversations.find(units, messageOf);
    const first = base?.covered ?? 0;
    const names = this.#transform.readsPaths ? toolNames(units, messageOf) : new Map<unknown, string>();
    const nameOf = (id: unknown): string => names.get(id) ?? toolOf(id) ?? 'unknown';
    const attributes: Attributes = { [semconv.CONTENT]: this.#mode };
    const written = this.#transform.isPlain ? this.#written.json(first === 0 ? units : units.slice(first), messageOf) : undefined;
    if (written !== undefined && written.length <= this.#limit) attributes[semconv.INPUT_MESSAGES] = written;
    else {
      this.#put(attributes, semconv.INPUT_MESSAGES, (limit) =>
        units.slice(first).map((unit, i) => this.#transform.message(messageOf(unit), first + i, nameOf, limit)),
      );
    }
    if (base !== undefined) {
      attributes[semconv.INPUT_BASE] = base.turn.spanContext.spanId;
      if (base.turn.spanContext.traceId !== spanContext.traceId) attributes[semconv.INPUT_BASE_TRACE] = base.turn.spanContext.traceId;
      attributes[semconv.INPUT_KEPT] = base.kept;
      if (base.answer !== undefined) attributes[semconv.INPUT_ANSWER] = base.answer;
    }
    const settled: Attributes = {};
    this.#putInstructions(settled, fixed.instructions);
    this.#putDefinitions(settled, fixed.tools);
    for (const key in settled) if (base?.turn.settled[key] !== settled[key]) attributes[key] = settled[key];
    return { attributes, units, base, settled };
  }

  /** @param input what was recorded of the request: the next one may go on from here */
  output(messages: Message[], input: RecordedInput | undefined, spanContext: SpanContext): Attributes {
    const attributes: Attributes = {};
    const nameOf = (id: unknown): string => toolOf(id) ?? 'unknown';
    this.#put(attributes, semconv.OUTPUT_MESSAGES, (limit) =>
      messages.map((message, i) => this.#transform.message(message, i, nameOf, limit)),
    );
    noteCut(attributes, input?.attributes);
    if (input !== undefined && this.#mode !== 'full') {
      this.#conversations.remember({ spanContext, settled: input.settled, choices: messages }, input.units, input.base);
    }
    return attributes;
  }

  #putInstructions(attributes: Attributes, instructions: unknown): void {
    const parts = contentParts(instructions);
    if (parts.length === 0) return;
    this.#put(attributes, semconv.SYSTEM_INSTRUCTIONS, (limit) =>
      parts.flatMap((part) => this.#transform.message({ role: 'system', parts: [part] }, 0, String, limit).parts),
    );
  }

  /** Names and types; descriptions and schemas, where text is recorded at all. */
  #putDefinitions(attributes: Attributes, tools: unknown): void {
    const definitions = asList(tools).filter(isJson);
    if (definitions.length === 0) return;
    this.#put(attributes, semconv.TOOL_DEFINITIONS, (limit) => definitions.map((tool) => this.#definition(tool, limit)));
  }

  toolArguments(name: string, value: unknown): Attributes {
    return this.#value(semconv.TOOL_CALL_ARGUMENTS, value, `tools.${name}.arguments`);
  }

  /** @param before what `toolArguments` gave for the same span */
  toolResult(name: string, value: unknown, before?: Attributes): Attributes {
    const attributes = this.#value(semconv.TOOL_CALL_RESULT, value, `tools.${name}.result`);
    noteCut(attributes, before);
    return attributes;
  }

  /** The text of an error, or nothing where content is not recorded: errors quote what they are about. */
  errorText(error: unknown, path = 'error.message'): string | undefined {
    if (!this.isOn) return undefined;
    const text = error instanceof Error ? error.message : typeof error === 'string' ? error : undefined;
    return text === undefined ? undefined : this.#transform.text(text, path, Math.min(this.#limit, 4000));
  }

  #value(key: string, value: unknown, path: string): Attributes {
    if (!this.isOn || value === undefined) return {};
    const write = (limit: number): string => {
      const kept = this.#transform.value(plain(value), path, limit);
      return typeof kept === 'string' ? kept : JSON.stringify(kept);
    };
    const attributes: Attributes = { [semconv.CONTENT]: this.#mode };
    let text = write(Infinity);
    if (text.length > this.#limit) {
      for (let limit = this.#limit; limit >= 1 && text.length > this.#limit; limit = Math.floor(limit / 2)) text = write(limit);
      attributes[semconv.CUT] = [key];
    }
    attributes[key] = text;
    return attributes;
  }

  /** A list as JSON, its longest texts cut until it fits; the list keeps its length, so that positions still count. */
  #put(attributes: Attributes, key: string, list: (limit: number) => unknown[]): void {
    let json = JSON.stringify(list(Infinity));
    if (json.length > this.#limit) {
      let items: string[] = [];
      const size = (): number => items.reduce((sum, item) => sum + item.length + 1, 1);
      for (let limit = Math.floor(this.#limit / 2); limit >= 16; limit = Math.floor(limit / 2)) {
        items = list(limit).map((item) => JSON.stringify(item));
        if (size() <= this.#limit) break;
      }
      for (let i = 0; i < items.length && size() > this.#limit; i++) items[i] = '{"role":"user","parts":[]}';
      json = `[${items.join(',')}]`;
      attributes[semconv.CUT] = [...((attributes[semconv.CUT] as string[] | undefined) ?? []), key];
    }
    attributes[key] = json;
  }

  #definition(tool: Json, limit: number): object {
    const known = this.#madeDefinitions.get(tool);
    if (known !== undefined && limit === Infinity) return known;
    const made = isJson(tool['function']) ? tool['function'] : isJson(tool['custom']) ? tool['custom'] : tool;
    const type = asString(tool['type']) ?? 'function';
    const definition = { type, name: asString(made['name']) ?? asString(tool['server_label']) ?? type };
    const description = asString(made['description']);
    const text =
      description === undefined ? {} : { description: this.#transform.text(description, `tools.${definition.name}.description`, limit) };
    const isText = this.#mode !== 'fingerprint' && limit === Infinity;
    const whole = {
      ...definition,
      ...text,
      ...(isText && made['parameters'] !== undefined && { parameters: made['parameters'] }),
      ...(tool['async'] === true && { async: true }),
    };
    if (limit === Infinity) this.#madeDefinitions.set(tool, whole);
    return whole;
  }
}

/** A span has one list of what was cut. */
function noteCut(attributes: Attributes, before: Attributes | undefined): void {
  const [cut, cutBefore] = [attributes[semconv.CUT], before?.[semconv.CUT]] as (string[] | undefined)[];
  if (cut !== undefined && cutBefore !== undefined) attributes[semconv.CUT] = [...cutBefore, ...cut];
}

/** The tool of each call in a history, by call id: a result's message names only the id. */
function toolNames(units: readonly unknown[], messageOf: (unit: unknown) => Message): Map<unknown, string> {
  const names = new Map<unknown, string>();
  for (const unit of units) {
    for (const part of messageOf(unit).parts) if (part.type === 'tool_call') names.set(part['id'], String(part['name']));
  }
  return names;
}

/** What of a value JSON can hold; throws on what it cannot (cycles, big integers), and the value is left out. */
const plain = (value: unknown): unknown => (typeof value === 'string' ? value : (JSON.parse(JSON.stringify(value) ?? 'null') as unknown));
