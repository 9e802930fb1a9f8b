import { expect, test } from 'vitest';
import { effectOf } from '../../src/provenance/effect.ts';

const byName = (name: string, description?: string) =>
  effectOf(name, new Map([[name, { name, ...(description !== undefined && { description }) }]]));

test.each([
  ['get_order', 'read'],
  ['orderPizza', 'write'],
  ['mail__send_message', 'write'],
  ['crm.search_contacts', 'read'],
  ['cancel-booking', 'write'],
  ['isAvailable', 'read'],
  ['frobnicate', 'unknown'],
])('%s is %s', (name, effect) => expect(byName(name)).toBe(effect));

test('a description helps where the name says nothing', () => {
  expect(byName('frobnicate', 'Deletes a widget.')).toBe('write');
  expect(byName('frobnicate', 'Returns the frobs of a widget.')).toBe('read');
  expect(byName('frobnicate', 'A widget and its frobs')).toBe('unknown');
});

test("annotations outweigh the name, and the user's word outweighs both", () => {
  const definitions = new Map([['get_report', { name: 'get_report', destructiveHint: true }]]);
  expect(effectOf('get_report', definitions)).toBe('write');
  expect(effectOf('get_report', definitions, { get_report: 'read' })).toBe('read');
});
