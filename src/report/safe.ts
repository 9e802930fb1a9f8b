/**
 * Trace text made safe for a terminal: control characters (escape sequences among them) and characters that
 * reorder text are shown as escapes, so that no trace can move the cursor or hide what it says.
 */
export function safe(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu, (c) =>
    c === '\n' || c === '\t' ? ' ' : `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** Escapes Markdown and HTML so that trace text stays text; it is always put behind other text, never at a line's start. */
export function safeMarkdown(text: string): string {
  return safe(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*[\]|~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\$&`);
}
