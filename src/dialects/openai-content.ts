import { asArray, asString, isObject, type Json } from './json.ts';

/** What chat messages and Responses items have in common. */

/** Text parts joined by line; images, audio without words and files are left out. */
export function readText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (typeof content === 'number' || typeof content === 'boolean') return String(content);
  return (isObject(content) ? [content] : asArray(content))
    .flatMap((part) => {
      if (typeof part === 'string') return [part];
      if (!isObject(part)) return [];
      return asString(part['text']) ?? asString(part['refusal']) ?? asString(part['transcript']) ?? [];
    })
    .join('\n');
}

/** A result as text where it is text, else as it is; nothing where there was none. */
export function readResult(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  const isText =
    content.length > 0 && content.every((part) => typeof part === 'string' || (isObject(part) && typeof part['text'] === 'string'));
  return isText ? readText(content) : content;
}

/** `caller` names the program that issued the call; calls of the model itself have none, or `direct`. */
export function isProgram({ caller }: Json): boolean {
  const type = isObject(caller) ? caller['type'] : caller;
  return typeof type === 'string' && type !== '' && type !== 'direct';
}

/** A placeholder for a result that comes later (`async` tools). */
export const isPending = ({ status }: Json): boolean => status === 'in_progress' || status === 'pending' || status === 'queued';
