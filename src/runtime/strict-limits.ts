import { SchemaError, isSchema, membersOf, schemasIn } from './json-schema.ts';

/** https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas */
const MAX_PROPERTIES = 5000;
const MAX_DEPTH = 10;
const MAX_NAME_CHARACTERS = 120_000;
const MAX_ENUM_VALUES = 1000;
const LARGE_ENUM = 250;
const MAX_LARGE_ENUM_CHARACTERS = 15_000;

interface Sums {
  properties: number;
  enumValues: number;
  characters: number;
}

/** Throws {@link SchemaError} for a strict schema that is larger than OpenAI takes. */
export function checkStrictLimits(schema: unknown): void {
  const sums: Sums = { properties: 0, enumValues: 0, characters: 0 };
  count(schema, 0, sums);
  const refuse = (what: string, is: number, most: number): void => {
    if (is > most) throw new SchemaError('$', `it has ${is} ${what}; strict mode takes ${most}`);
  };
  refuse('properties', sums.properties, MAX_PROPERTIES);
  refuse('enum values', sums.enumValues, MAX_ENUM_VALUES);
  refuse('characters in names and allowed values', sums.characters, MAX_NAME_CHARACTERS);
}

/** Objects count as levels; lists and unions do not: better to let the API refuse a schema than to refuse one that it takes. */
function count(schema: unknown, level: number, sums: Sums): void {
  if (!isSchema(schema)) return;
  const own = schemasIn(schema['properties']);
  const depth = schema['properties'] === undefined ? level : level + 1;
  if (depth > MAX_DEPTH) throw new SchemaError('$', `objects are nested more than ${MAX_DEPTH} levels deep`);
  sums.properties += own.length;
  countValues(membersOf(schema['enum']), sums);
  if (typeof schema['const'] === 'string') sums.characters += schema['const'].length;
  for (const [name, child] of own) {
    sums.characters += name.length;
    count(child, depth, sums);
  }
  for (const child of [schema['items'], ...membersOf(schema['anyOf'])]) count(child, depth, sums);
  for (const [name, child] of schemasIn(schema['$defs'])) {
    sums.characters += name.length;
    count(child, 0, sums);
  }
}

function countValues(values: readonly unknown[], sums: Sums): void {
  const characters = values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
  sums.enumValues += values.length;
  sums.characters += characters;
  if (values.length > LARGE_ENUM && characters > MAX_LARGE_ENUM_CHARACTERS) {
    throw new SchemaError(
      '$',
      `an enum of ${values.length} values has ${characters} characters; strict mode takes ${MAX_LARGE_ENUM_CHARACTERS}`,
    );
  }
}
