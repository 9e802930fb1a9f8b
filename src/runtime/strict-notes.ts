import type { JsonSchema } from './json-schema.ts';

/** https://developers.openai.com/api/docs/guides/structured-outputs#supported-properties */
const FORMATS = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']);

/** The API answers a pattern that looks ahead or behind with an error. */
const LOOKAROUND = /\(\?<?[=!]/u;

const MAX_NOTE_CHARACTERS = 120;

/** The strict form of `schema`, without what strict mode refuses of it and with that said in the description. */
export function withNotes(schema: JsonSchema, strict: JsonSchema): JsonSchema {
  const kept = { ...strict };
  const { format, pattern, minLength, maxLength, minProperties, maxProperties, uniqueItems, contentEncoding } = schema;
  const notes: string[] = [];
  if (typeof format === 'string' && !FORMATS.has(format)) {
    delete kept['format'];
    notes.push(`format: ${format}`);
  }
  if (typeof pattern === 'string' && LOOKAROUND.test(pattern)) {
    delete kept['pattern'];
    if (kept['format'] === undefined) notes.push(`pattern: ${pattern}`);
  }
  if (typeof minLength === 'number') notes.push(`at least ${counted(minLength, 'character', 'characters')}`);
  if (typeof maxLength === 'number') notes.push(`at most ${counted(maxLength, 'character', 'characters')}`);
  if (typeof minProperties === 'number') notes.push(`at least ${counted(minProperties, 'property', 'properties')} not null`);
  if (typeof maxProperties === 'number') notes.push(`at most ${counted(maxProperties, 'property', 'properties')} not null`);
  if (uniqueItems === true) notes.push('no item twice');
  if (typeof contentEncoding === 'string' && contentEncoding !== format) notes.push(`encoding: ${contentEncoding}`);
  if (schema['default'] !== undefined && schema['default'] !== null) notes.push(`default: ${JSON.stringify(schema['default'])}`);
  const description = described(schema['description'], notes);
  return description === undefined ? kept : { ...kept, description };
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function described(description: unknown, notes: readonly string[]): string | undefined {
  const said = typeof description === 'string' ? description : '';
  const noted = notes.map((note) => (note.length > MAX_NOTE_CHARACTERS ? `${note.slice(0, MAX_NOTE_CHARACTERS)}…` : note)).join('; ');
  if (noted === '') return said === '' ? undefined : said;
  return said === '' ? noted : `${said} (${noted})`;
}
