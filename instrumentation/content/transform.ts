import { fingerprintKey, fingerprintText, fingerprintValue, type FingerprintKey } from '../../src/text/fingerprint.ts';
import type { Settings } from '../settings.ts';
import { parseArguments, type Message, type Part } from './message.ts';

/** What happens to every value on its way into an attribute: the user's redaction, the size limit, the fingerprint. */
export class Transform {
  readonly #redact: Settings['redact'];
  readonly #key: FingerprintKey | undefined;

  constructor(settings: Settings) {
    this.#redact = settings.redact;
    this.#key = settings.content === 'fingerprint' ? fingerprintKey(settings.fingerprintKey) : undefined;
  }

  /** True where what is recorded is what was sent, but for the limit. */
  get isPlain(): boolean {
    return this.#redact === undefined && this.#key === undefined;
  }

  /** True where a value depends on where it stands. */
  get readsPaths(): boolean {
    return this.#redact !== undefined;
  }

  /** @param nameOf the tool that a call id belongs to */
  message(message: Message, index: number, nameOf: (callId: unknown) => string, limit: number): Message {
    if (this.isPlain && limit === Infinity) return message;
    const parts = message.parts.map((part) => this.#part(part, index, nameOf, limit));
    return { ...message, parts };
  }

  #part(part: Part, index: number, nameOf: (callId: unknown) => string, limit: number): Part {
    switch (part.type) {
      case 'tool_call':
        return { ...part, arguments: this.value(part['arguments'], `tools.${String(part['name'])}.arguments`, limit) };
      case 'tool_call_response':
        return { ...part, response: this.value(part['response'], `tools.${nameOf(part['id'])}.result`, limit) };
      case 'text':
      case 'refusal':
      case 'reasoning':
      case 'compaction':
        return { ...part, content: this.text(String(part['content'] ?? ''), `messages[${index}].content`, limit) };
      default: {
        // Media, files, what the provider ran: nothing in it is for a verdict.
        if (this.#key !== undefined) return { type: part.type, ...blank(part) };
        const { type, ...rest } = part;
        return { ...(this.value(rest, `messages[${index}].${type}`, limit) as object), type };
      }
    }
  }

  text(text: string, path: string, limit: number): string {
    const redacted = this.#redact === undefined ? text : this.#redacted(text, path);
    const kept = cut(typeof redacted === 'string' ? redacted : redacted === null ? '' : JSON.stringify(redacted), limit);
    return this.#key === undefined ? kept : fingerprintText(kept, this.#key);
  }

  /** A value leaf by leaf; JSON inside a text is read, so that a path means the same wherever a value stands. */
  value(value: unknown, path: string, limit: number): unknown {
    let kept = value;
    if (this.#redact !== undefined) kept = typeof value === 'string' ? this.#jsonText(value, path) : this.#leaves(value, path, 0);
    kept = cutLeaves(kept, limit);
    if (this.#key === undefined) return kept;
    return typeof kept === 'string' ? fingerprintText(kept, this.#key) : fingerprintValue(kept, this.#key);
  }

  #jsonText(text: string, path: string): unknown {
    if (!/^\s*[[{]/u.test(text)) return this.#redacted(text, path);
    const parsed = parseArguments(text);
    if (typeof parsed === 'string') return this.#redacted(text, path);
    const redacted = JSON.stringify(this.#leaves(parsed, path, 0));
    return redacted === JSON.stringify(parsed) ? text : redacted;
  }

  #leaves(value: unknown, path: string, depth: number): unknown {
    if (typeof value !== 'object' || value === null) return this.#redacted(value, path);
    if (depth > DEEPEST) return null;
    if (Array.isArray(value)) return value.map((item, i) => this.#leaves(item, `${path}[${i}]`, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#leaves(inner, `${path}.${key}`, depth + 1)]));
  }

  #redacted(value: unknown, path: string): unknown {
    try {
      return this.#redact?.(value, path) ?? null;
    } catch {
      // What could not be redacted is not recorded.
      return null;
    }
  }
}

const DEEPEST = 64;

const blank = (part: Part): Record<string, unknown> => {
  const fields: Record<string, unknown> = {};
  for (const key of ['modality', 'name', 'id']) if (part[key] !== undefined) fields[key] = part[key];
  if (part.type === 'blob') fields['content'] = '';
  if (part.type === 'uri') fields['uri'] = '';
  if (part.type === 'file') fields['file_id'] = '';
  if (part.type === 'server_tool_call' || part.type === 'server_tool_call_response') fields[part.type] = { type: 'unrecorded' };
  return fields;
};

/** A text no longer than the limit, cut between characters, with a mark that tells how much is missing. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = /[\uD800-\uDBFF]/u.test(text.charAt(limit - 1)) ? limit - 1 : limit;
  return `${text.slice(0, end)}… [cut: ${text.length - end} more characters]`;
}

function cutLeaves(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return cut(value, limit);
  if (limit === Infinity || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => cutLeaves(item, limit));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cutLeaves(inner, limit)]));
}
