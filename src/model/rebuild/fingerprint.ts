import { hash } from 'node:crypto';
import { canonicalJson, textOf } from '../canonical.ts';
import type { Message, Part, Role } from '../message.ts';

/** One part of a message with the key under which the same part is recognised when a later request repeats it. */
export interface Keyed {
  role: Role;
  part: Part;
  key: string;
  /** The same without the id that some writers leave out the second time. */
  bareKey: string;
  choice: number;
}

/**
 * Flattens messages to keyed parts. Writers repeat a message in another dress (white space, key order, one
 * message or several), so keys are made per part and from normal forms; a call id identifies a call whatever
 * its arguments look like the second time.
 */
export function keyParts(messages: readonly Message[]): Keyed[] {
  const keyed: Keyed[] = [];
  for (const message of messages) {
    for (const part of message.parts) {
      const one = keyedPart(part, message.role, message.choice ?? 0);
      if (one !== undefined) keyed.push(one);
    }
  }
  return keyed;
}

/** Parts that were keyed, by themselves: the history that a request repeats is keyed once. */
const known = new WeakMap<Part, Keyed>();

function keyedPart(part: Part, role: Role, choice: number): Keyed | undefined {
  const before = known.get(part);
  if (before?.role === role && before.choice === choice) return before;
  const bareKey = bareKeyOf(role, part);
  if (bareKey === undefined) return undefined;
  const keyed = { role, part, key: keyOf(part, bareKey), bareKey, choice };
  known.set(part, keyed);
  return keyed;
}

function bareKeyOf(role: Role, part: Part): string | undefined {
  switch (part.type) {
    case 'text': {
      const text = squeeze(part.text);
      return text === '' ? undefined : `${role}:${digest(text)}`;
    }
    case 'reasoning':
      // Reasoning is usually not sent back, so it cannot identify anything.
      return `reasoning:${digest(squeeze(part.text))}`;
    case 'tool_call':
      return `call:${part.name}:${digest(canonicalJson(part.arguments ?? null))}`;
    case 'tool_result':
      return `result:${digest(squeeze(textOf(part.content)))}`;
  }
}

/** Of a part with an id, that id instead of what it is known by otherwise, or before it. */
function keyOf(part: Part, bareKey: string): string {
  if (part.type === 'tool_call' && part.id !== undefined) return `call#${part.id}:${part.name}`;
  return part.type === 'tool_result' && part.id !== undefined ? `result#${part.id}${bareKey.slice('result'.length)}` : bareKey;
}

/** Provider ids like `call_8Jx…` are unique; `call_0` is not. */
export function isUniqueId({ part }: Keyed): boolean {
  return (part.type === 'tool_call' || part.type === 'tool_result') && (part.id?.length ?? 0) >= 12;
}

/** Most texts have single spaces already: a look is cheaper than a copy. */
const squeeze = (text: string): string => (/\s\s|[^\S ]/u.test(text) ? text.replaceAll(/\s+/gu, ' ') : text).trim();

/** Short texts are their own digest; long ones are hashed so that keys stay small. */
function digest(text: string): string {
  return text.length <= 40 ? text : hash('sha1', text, 'base64');
}
