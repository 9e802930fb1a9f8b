/** Deeper than any trace, shallow enough that no later step runs out of stack. */
export const DEPTH_LIMIT = 500;

/** True where a decoded value nests no deeper than the limit. */
export function isShallow(value: unknown, levels: number = DEPTH_LIMIT): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (levels === 0) return false;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) if (!isShallow(inner, levels - 1)) return false;
  return true;
}

/** Shorter text cannot do harm. */
const HARMLESS = 4 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `]`; with this bit set they are `{` and `}`. */
const OPEN = 0x5b | 0x20;
const CLOSE = 0x5d | 0x20;

/**
 * True for a text so deep that parsing it could use up all memory, which no `catch` would survive: a level
 * takes one byte to write and fifty to hold.
 */
export function isDepthBomb(text: string, harmless: number = HARMLESS): boolean {
  if (text.length <= harmless) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      // To the end of the string, over every escaped character.
      for (at += 1; at < text.length && text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at += 1;
    } else if ((code | 0x20) === OPEN) {
      depth += 1;
      if (depth > DEPTH_LIMIT) return true;
    } else if ((code | 0x20) === CLOSE) depth -= 1;
  }
  return false;
}
