import type { ToolCallPart, ToolDefinition } from '../message.ts';
import type { ModelCall } from '../observation.ts';

/**
 * Some writers run the parallel calls of a stream together into one: names, ids and arguments stand one behind the
 * other. Such an answer is unknown. Should a later request repeat it, that request tells what the calls were.
 *
 * @returns the ids as they were run together, if there were any; undefined for an answer that is whole
 */
export function garbledIds({ output, tools }: ModelCall): string | undefined {
  const garbled = (output ?? []).flatMap(({ parts }) => {
    const calls = parts.filter((part): part is ToolCallPart => part.type === 'tool_call');
    // Several calls are apart; should their arguments be mixed up, they are what they are named all the same.
    return calls.length === 1 ? calls.filter((call) => isGarbled(call, tools ?? [])) : [];
  });
  return garbled.length === 0 ? undefined : garbled.map(({ id }) => id ?? '').join('');
}

function isGarbled({ name, arguments: args }: ToolCallPart, tools: readonly ToolDefinition[]): boolean {
  return (typeof args === 'string' && holdsSeveralObjects(args)) || isSeveralNames(name, new Set(tools.map((tool) => tool.name)));
}

/** `{…}{…}`: what stands where arguments were appended to arguments. */
function holdsSeveralObjects(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (inString) {
      if (c === '\\') at += 1;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{') depth += 1;
    else if (c === '}') depth -= 1;
    if (depth === 0) return c === '}' && /^\s*\{/u.test(text.slice(at + 1));
  }
  return false;
}

/** A name that no tool has, but that is made of names that tools have: their calls had no arguments that would show it. */
function isSeveralNames(name: string, names: ReadonlySet<string>): boolean {
  if (names.has(name)) return false;
  const ends = new Set([0]);
  for (const end of ends) for (const next of names) if (next !== '' && name.startsWith(next, end)) ends.add(end + next.length);
  return name !== '' && ends.has(name.length);
}
