import type { Attributes, SpanContext } from '@opentelemetry/api';
import type { Message, Part } from './message.ts';
import { isUnchanged, snapshot } from './snapshot.ts';

/** What was recorded of one model call, so that the next one need not repeat it. */
export interface RecordedTurn {
  spanContext: SpanContext;
  /** Copies of the input's units. */
  units: unknown[];
  /** The answer: one message a choice, as it came. */
  choices: Message[];
  /** Attributes of its request that the next one need not repeat. */
  settled: Attributes;
}

export interface Continuation {
  turn: RecordedTurn;
  /** Units at the start of the input that the turn's input had too. */
  kept: number;
  /** The choice that follows them, if one does. */
  answer: number | undefined;
  /** Units in all that need not be recorded again. */
  covered: number;
}

const TURNS_KEPT = 512;
const CHARACTERS_KEPT = 16_000_000;
/** Answers that are word for word the same, in different conversations. */
const NAMESAKES = 8;

/**
 * Conversations by their last answer: an app sends the whole history with every request, and the answer of the
 * turn before stands in it. Bounded; what is forgotten is recorded in full again.
 */
export class Conversations {
  readonly #byAnswer = new Map<string, RecordedTurn[]>();
  readonly #ages: { key: string; turn: RecordedTurn; size: number }[] = [];
  #size = 0;

  /** The turn that this input goes on from, if it is known and the input still begins as it did. */
  find(units: readonly unknown[], messageOf: (unit: unknown) => Message): Continuation | undefined {
    let best: Continuation | undefined;
    const { turns, answeredAt } = this.#candidates(units, messageOf);
    for (const turn of turns) {
      const kept = keptOf(turn.units, units);
      if (kept === 0 || kept < (best?.kept ?? 0)) continue;
      const found = kept === turn.units.length ? answerAt(turn.choices, units, kept, messageOf) : undefined;
      best = { turn, kept, answer: found?.choice, covered: kept + (found?.units ?? 0) };
      // All up to the answer itself: none can do better.
      if (best.covered > answeredAt) break;
    }
    return best;
  }

  #candidates(units: readonly unknown[], messageOf: (unit: unknown) => Message): { turns: readonly RecordedTurn[]; answeredAt: number } {
    let looked = 0;
    for (let i = units.length - 1; i >= 0 && looked < 3; i--) {
      if (!mayBeAnswer(units[i])) continue;
      looked++;
      const key = keyOf(messageOf(units[i]).parts);
      const turns = key === undefined ? undefined : this.#byAnswer.get(key);
      if (turns !== undefined) return { turns, answeredAt: i };
    }
    return { turns: [], answeredAt: units.length };
  }

  /** @param base what `find` told of this input: its copies are used again */
  remember(told: Omit<RecordedTurn, 'units'>, units: readonly unknown[], base: Continuation | undefined): void {
    const { choices } = told;
    const kept = base === undefined ? [] : base.turn.units.slice(0, base.kept);
    const turn = { ...told, units: [...kept, ...units.slice(kept.length).map(snapshot)] };
    const size = sizeOf(turn.units.slice(kept.length)) + sizeOf(choices);
    for (const choice of choices) {
      const key = keyOf(choice.parts);
      if (key === undefined) continue;
      this.#byAnswer.set(key, [turn, ...(this.#byAnswer.get(key) ?? [])].slice(0, NAMESAKES));
      this.#ages.push({ key, turn, size });
      this.#size += size;
    }
    while (this.#ages.length > TURNS_KEPT || (this.#size > CHARACTERS_KEPT && this.#ages.length > 1)) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const oldest = this.#ages.shift();
    if (oldest === undefined) return;
    this.#size -= oldest.size;
    const left = this.#byAnswer.get(oldest.key)?.filter((turn) => turn !== oldest.turn) ?? [];
    if (left.length === 0) this.#byAnswer.delete(oldest.key);
    else this.#byAnswer.set(oldest.key, left);
  }
}

function keptOf(copies: readonly unknown[], units: readonly unknown[]): number {
  let kept = 0;
  while (kept < copies.length && kept < units.length && isUnchanged(copies[kept], units[kept])) kept++;
  return kept;
}

/** Which choice stands at a place of the input: one message, or in the Responses API one unit a part. */
function answerAt(
  choices: readonly Message[],
  units: readonly unknown[],
  at: number,
  messageOf: (unit: unknown) => Message,
): { choice: number; units: number } | undefined {
  for (const [choice, { parts }] of choices.entries()) {
    const said: Part[] = [];
    let end = at;
    while (end < units.length && said.length < parts.length) {
      const message = messageOf(units[end]);
      if (message.role !== 'assistant' || message.name !== undefined) break;
      said.push(...message.parts);
      end++;
    }
    if (parts.length > 0 && JSON.stringify(said) === JSON.stringify(parts)) return { choice, units: end - at };
  }
  return undefined;
}

/** Cheaply, on what was sent: only answers are made into messages. */
function mayBeAnswer(unit: unknown): boolean {
  if (typeof unit !== 'object' || unit === null) return false;
  const { role, type } = unit as { role?: unknown; type?: unknown };
  return role === 'assistant' || (typeof type === 'string' && type.endsWith('_call'));
}

/** What finds an answer again: the id of its last call, else its last text. */
function keyOf(parts: readonly Part[]): string | undefined {
  const call = parts.findLast((part) => part.type === 'tool_call' && typeof part['id'] === 'string');
  if (call !== undefined) return `call ${call['id'] as string}`;
  const text = parts.findLast((part) => part.type === 'text')?.['content'];
  return typeof text === 'string' && text !== '' ? `text ${text.length} ${text.slice(0, 64)}${text.slice(-64)}` : undefined;
}

/** Characters, roughly. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 16;
  for (const inner of Object.values(value)) size += sizeOf(inner);
  return size;
}
