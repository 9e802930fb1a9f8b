import { parse as parseYaml } from 'yaml';
import { rememberedText } from '../text/remembered.ts';

/** One value of a tool's arguments or result, with where it stands. */
export interface Leaf {
  /** JSON path, `$` for the whole. */
  path: string;
  /** The last key on the path that is a name, '' if none. */
  key: string;
  value: string | number | boolean | null;
  /** An empty array or object: its key says that there is nothing. */
  empty?: boolean;
}

/** Beyond this, text is read as text: YAML parsing is not worth its time on megabytes. */
const YAML_LIMIT = 256 * 1024;
const DEPTH_LIMIT = 64;

/** The leaves of a decoded value; text that holds JSON or YAML-like lines is read as such. */
export const leavesOf = (value: unknown): Leaf[] => leavesWithin(structured(value));

/** The same, text taken as it is. */
export function leavesWithin(value: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  walk(value, '$', '', leaves, 0);
  return leaves;
}

/** JSON or YAML-like text as a value; everything else as it is. */
export function structured(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (/^[[{"]/u.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // not JSON after all
    }
  }
  if (text === 'null' || text === 'true' || text === 'false') return JSON.parse(text) as unknown;
  // Python writes its own JSON: {'id': 7, 'active': True}.
  if (text.length <= YAML_LIMIT && (looksLikeYaml(text) || /^(?:\{\s*'|\[\s*[{'])[^]*[\]}]$/u.test(text))) {
    try {
      const parsed: unknown = parseYaml(text, { schema: 'core', logLevel: 'silent', maxAliasCount: 0, uniqueKeys: false });
      if (typeof parsed === 'object' && parsed !== null) return parsed;
    } catch {
      // text that merely looks like it
    }
  }
  return value;
}

/** Up to three words before a colon; more is a sentence with a colon in it. */
const KEYED = /^\s*(?:- )*["']?[\w.-]+(?: [\w.-]+){0,2}["']?:(?:\s|$)/u;

/** Most lines are `key: value` or list items, and the first is one. */
function looksLikeYaml(text: string): boolean {
  const lines = text.split('\n', 40).filter((line) => line.trim() !== '');
  const isEntry = (line: string): boolean => KEYED.test(line) || /^\s*- /u.test(line);
  if (lines[0] === undefined || !isEntry(lines[0])) return false;
  // A long quoted text runs over many lines without a key.
  return lines.filter(isEntry).length >= lines.length / 2 || /^[\w.-]{1,60}: ["']/u.test(text);
}

function walk(value: unknown, path: string, key: string, into: Leaf[], depth: number): void {
  if (value === undefined) return;
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) {
      into.push({ path, key, value });
    }
    return;
  }
  if (depth > DEPTH_LIMIT) return;
  const entries = Array.isArray(value) ? value.map((item, i) => [i, item] as const) : Object.entries(value);
  if (entries.length === 0) into.push({ path, key, value: null, empty: true });
  for (const [name, item] of entries) {
    if (typeof name === 'number') walk(item, `${path}[${name}]`, key, into, depth + 1);
    else walk(item, /^[A-Za-z_]\w*$/u.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`, name, into, depth + 1);
  }
}

/** A key as words: `slotId`, `slot_id` and `Slot ID` are the same field. */
export const keyWords: (key: string) => string = rememberedText((key) =>
  key
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[_\-.]+/gu, ' ')
    .toLowerCase(),
);

/** What a leaf says, as text: camelCase values read as words, numbers plainly. */
export function leafText(leaf: Leaf): string {
  if (leaf.value === null) return '';
  if (typeof leaf.value !== 'string') return String(leaf.value);
  return /^[a-z]+(?:[A-Z][a-z]+)+$/u.test(leaf.value) ? keyWords(leaf.value) : leaf.value;
}
