import type { z } from 'zod';

/** What a schema says against a value, a sentence an issue. */
export const sentencesOf = (error: z.core.$ZodError): string[] => error.issues.map(sentenceOf);

function sentenceOf(issue: z.core.$ZodIssue): string {
  const place = issue.path.length === 0 ? '' : ` in ${issue.path.map(String).join('.')}`;
  if (issue.code === 'unrecognized_keys') return `there is no key ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}${place}`;
  if (issue.code === 'invalid_union') {
    const [first] = issue.errors;
    const inner = first?.[0];
    if (issue.discriminator !== undefined) return `${issue.message}${place}`;
    return inner === undefined ? `${issue.message}${place}` : sentenceOf({ ...inner, path: [...issue.path, ...inner.path] });
  }
  return `${issue.message.replace(/^Invalid input: /u, '')}${place}`;
}
