import { parseIfJson } from './json.ts';

/**
 * Lists of messages as JSON text. Every request of a conversation repeats the one before and adds to it: what was
 * parsed stays, only what is new is parsed. So equal beginnings of two lists are the same objects, and whatever is made
 * of a message is made once (`remembered`).
 */
interface History {
  text: string;
  /** The text without what closes the list. */
  body: string;
  messages: readonly unknown[];
}

/** Several agents may take turns within one trace. */
const KEPT_OF_ONE = 4;
/** Characters kept over all conversations; the oldest go first, the one that is being read stays. */
const KEPT = 8 * 1024 * 1024;

const histories = new Map<string, History[]>();
let size = 0;

/** The list, or whatever else the text holds; a text that is not JSON comes back as it is. `conversation` is where its likes are looked for. */
export function parseHistory(value: unknown, conversation: string): unknown {
  if (typeof value !== 'string') return value;
  const known = histories.get(conversation) ?? [];
  const before = known
    .filter(({ text, body }) => text === value || goesOn(value, body))
    .toSorted((a, b) => b.text.length - a.text.length)[0];
  if (before?.text === value) return before.messages;
  const fresh = parseIfJson(before === undefined ? value : `[${value.slice(before.body.length + 1)}`);
  if (!Array.isArray(fresh)) return before === undefined ? fresh : parseIfJson(value);
  // `[1,]` goes on from `[1]` and is no JSON.
  if (fresh.length === 0) return parseIfJson(value);
  const messages = before === undefined ? fresh : [...before.messages, ...(fresh as unknown[])];
  keep(conversation, known, before, { text: value, body: bodyOf(value), messages });
  return messages;
}

/** A slice is compared as a whole; `startsWith` takes more than ten times as long, longer than parsing would. */
const goesOn = (text: string, body: string): boolean => text[body.length] === ',' && text.slice(0, body.length) === body;

const bodyOf = (text: string): string => text.slice(0, text.lastIndexOf(']')).trimEnd();

function keep(conversation: string, known: readonly History[], replaced: History | undefined, history: History): void {
  const others = known.filter((other) => other !== replaced).slice(0, KEPT_OF_ONE - 1);
  forget(conversation);
  histories.set(conversation, [history, ...others]);
  size += sizeOf([history, ...others]);
  for (const oldest of histories.keys()) {
    if (size <= KEPT || oldest === conversation) break;
    forget(oldest);
  }
}

function forget(conversation: string): void {
  size -= sizeOf(histories.get(conversation) ?? []);
  histories.delete(conversation);
}

const sizeOf = (list: readonly History[]): number => list.reduce((sum, { text }) => sum + text.length, 0);
