import { hash } from 'node:crypto';
import { canonicalJson, textOf } from '../canonical.ts';
import type { Message, Part, Role } from '../message.ts';

/** One part of a message with the key under which the same part is recognised when a later request repeats it. */
export interface Keyed {
  role: Role;
  part: Part;
  key: string;
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
      const key = keyOf(message.role, part);
      if (key !== undefined) keyed.push({ role: message.role, part, key, choice: message.choice ?? 0 });
    }
  }
  return keyed;
}

function keyOf(role: Role, part: Part): string | undefined {
  switch (part.type) {
    case 'text': {
      const text = squeeze(part.text);
      return text === '' ? undefined : `${role}:${digest(text)}`;
    }
    case 'reasoning':
      // Reasoning is usually not sent back, so it cannot identify anything.
      return `reasoning:${digest(squeeze(part.text))}`;
    case 'tool_call':
      return part.id === undefined ? `call:${part.name}:${digest(canonicalJson(part.arguments ?? null))}` : `call#${part.id}:${part.name}`;
    case 'tool_result':
      return `result:${part.id ?? part.name ?? ''}:${digest(squeeze(textOf(part.content)))}`;
  }
}

/** Provider ids like `call_8Jx…` are unique; `call_0` is not. */
export function isUniqueId({ part }: Keyed): boolean {
  return (part.type === 'tool_call' || part.type === 'tool_result') && (part.id?.length ?? 0) >= 12;
}

const squeeze = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

/** Short texts are their own digest; long ones are hashed so that keys stay small. */
function digest(text: string): string {
  return text.length <= 40 ? text : hash('sha1', text, 'base64');
}
