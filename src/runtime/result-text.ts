/** Longest result that goes back to the model, in characters; more is cut and marked. */
const LONGEST = 200_000;

/** What a tool returned, as text for the model. Whatever it is, there is a text. */
export function resultText(value: unknown): string {
  if (typeof value === 'string') return cut(value);
  if (value === undefined) return 'null';
  if (value instanceof Error) return errorText(messageOf(value));
  try {
    return cut(jsonText(value));
  } catch (error) {
    return errorText(`the result cannot be written as JSON: ${messageOf(error)}`);
  }
}

/** All of a value, as JSON. Throws where there is no JSON of it. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? 'null';

/** A failure, as the model gets it. */
export const errorText = (message: string): string => JSON.stringify({ error: message.slice(0, 4000) });

/** Of whatever was thrown. */
export function messageOf(error: unknown): string {
  try {
    if (typeof error === 'string') return error;
    const said: unknown = error instanceof Error ? error.message || error.name : error;
    return typeof said === 'string' ? said : (JSON.stringify(said) ?? String(said));
  } catch {
    return 'something was thrown that is no error';
  }
}

function cut(text: string): string {
  if (text.length <= LONGEST) return text;
  const end = /[\uD800-\uDBFF]/u.test(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
  return `${text.slice(0, end)}… [cut: ${text.length - end} more characters]`;
}
