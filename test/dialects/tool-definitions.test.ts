import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readToolDefinitions } from '../../src/dialects/tool-definitions.ts';

const parameters = {
  type: 'object',
  properties: {
    gauge: { type: 'string', enum: ['north', 'south'], description: 'Which gauge' },
    unit: { anyOf: [{ const: 'm' }, { const: 'ft' }], default: 'm' },
    places: { type: 'array', items: { type: 'integer', examples: [1, 2] } },
  },
};

test('the chat form, the Responses form and the form MCP lists', () => {
  const schemaText = 'Which gauge\nnorth\nsouth\nm\nm\nft\n1\n2';
  expect(
    readToolDefinitions([
      { type: 'function', function: { name: 'read_tide', description: 'Reads a gauge', parameters } },
      { type: 'function', name: 'move_buoy', async: true, annotations: { readOnlyHint: false, destructiveHint: true } },
      { name: 'read_gauge', inputSchema: parameters, annotations: { readOnlyHint: true } },
      { type: 'custom', custom: { name: 'run_query', description: 'SQL' } },
      { type: 'namespace', name: 'ships', tools: [{ type: 'function', name: 'find_ship' }] },
    ]),
  ).toEqual([
    { name: 'read_tide', description: 'Reads a gauge', schemaText },
    { name: 'move_buoy', readOnlyHint: false, destructiveHint: true, async: true },
    { name: 'read_gauge', readOnlyHint: true, schemaText },
    { name: 'run_query', description: 'SQL' },
    { name: 'find_ship' },
  ]);
});

test('as JSON text, whole or tool by tool', () => {
  const tool = { type: 'function', name: 'read_tide', parameters: JSON.stringify(parameters) };
  const expected = readToolDefinitions([{ ...tool, parameters }]);
  expect(readToolDefinitions(JSON.stringify([tool]))).toEqual(expected);
  expect(readToolDefinitions([JSON.stringify(tool)])).toEqual(expected);
});

test('hosted tools and malformed ones are left out', () => {
  expect(readToolDefinitions([{ type: 'web_search' }, null, 5, 'read_tide', {}, { name: 7 }, { function: { name: '' } }])).toEqual([]);
});

test('nothing throws', () => {
  fc.assert(fc.property(fc.anything(), (tools) => Array.isArray(readToolDefinitions(tools))));
  const schema = fc.dictionary(fc.constantFrom('properties', 'items', 'enum', 'default', 'anyOf', 'const', 'examples'), fc.anything());
  fc.assert(fc.property(schema, (parameters) => readToolDefinitions([{ name: 'read_tide', parameters }]).length === 1));
});
