import type { ToolDefinition } from '../model/message.ts';
import { asArray, asString, isObject, parseIfJson, type Json } from './json.ts';

/**
 * Tool definitions in the chat form (nested `function`), the Responses form (flat), as MCP lists them
 * (`inputSchema`, `annotations`), or any of these as JSON text. Tools of the provider's own have no name
 * and are left out.
 */
export function readToolDefinitions(tools: unknown): ToolDefinition[] {
  return asArray(parseIfJson(tools)).flatMap((element) => {
    const tool = parseIfJson(element);
    if (!isObject(tool)) return [];
    // A namespace groups tools; the model calls them by their own names.
    if (tool['type'] === 'namespace') return asArray(tool['tools']).flatMap((inner) => (isObject(inner) ? readDefinition(inner) : []));
    return readDefinition(tool);
  });
}

function readDefinition(tool: Json): ToolDefinition[] {
  const body = [tool['function'], tool['custom']].find(isObject) ?? tool;
  const name = asString(body['name']);
  if (name === undefined) return [];
  const definition: ToolDefinition = { name };
  const description = asString(body['description']);
  if (description !== undefined) definition.description = description;
  const annotations = [tool['annotations'], body['annotations']].find(isObject) ?? {};
  if (typeof annotations['readOnlyHint'] === 'boolean') definition.readOnlyHint = annotations['readOnlyHint'];
  if (typeof annotations['destructiveHint'] === 'boolean') definition.destructiveHint = annotations['destructiveHint'];
  if (tool['async'] === true || body['async'] === true) definition.async = true;
  const schema = parseIfJson(body['parameters'] ?? body['inputSchema'] ?? body['input_schema']);
  const schemaText = schemaWords(schema).join('\n');
  if (schemaText !== '') definition.schemaText = schemaText;
  return [definition];
}

const DEPTH_LIMIT = 12;

/** What a parameter schema tells the model of values: enums, constants, defaults, examples, descriptions. */
function schemaWords(schema: unknown, depth = 0): string[] {
  if (!isObject(schema) || depth > DEPTH_LIMIT) return [];
  const own = [schema['const'], schema['default'], schema['example'], schema['description']];
  const words = [...own, ...asArray(schema['enum']), ...asArray(schema['examples'])].flatMap((value) => valueWords(value));
  const inner = [
    ...['properties', '$defs', 'definitions'].flatMap((key) => (isObject(schema[key]) ? Object.values(schema[key]) : [])),
    schema['items'],
    schema['additionalProperties'],
    ...['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((key) => asArray(schema[key])),
  ];
  return [...words, ...inner.flatMap((next) => schemaWords(next, depth + 1))];
}

function valueWords(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null || depth > DEPTH_LIMIT) return [];
  return Object.values(value).flatMap((inner) => valueWords(inner, depth + 1));
}
