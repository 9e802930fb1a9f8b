import parse from 'jsonpath-rfc9535/parser';
import { z } from 'zod';

const path = z.string().refine(isJsonPath, 'not a JSON path (RFC 9535): write $.a.b or $.list[*].id');
const text = z.string().min(1);
const ignoreCase = z.boolean().optional();
const name = z.string().optional().describe('What the report calls it.');

function isJsonPath(value: string): boolean {
  try {
    parse(value);
    return true;
  } catch {
    return false;
  }
}

function isPattern({ pattern, flags }: { pattern: string; flags?: string | undefined }): boolean {
  try {
    return new RegExp(pattern, flags) instanceof RegExp;
  } catch {
    return false;
  }
}

const times = z.union([
  z.number().int().nonnegative(),
  z.strictObject({ min: z.number().int().nonnegative().optional(), max: z.number().int().nonnegative().optional() }),
]);

/** A check by code: of the final answer, of the trace, or a function of the suite. */
export const checkSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('exact'), text: z.string(), ignoreCase, name }),
    z.strictObject({ type: z.literal('contains'), text, ignoreCase, name }),
    z.strictObject({ type: z.literal('excludes'), text, ignoreCase, name }),
    z
      .strictObject({ type: z.literal('matches'), pattern: text, flags: z.string().optional(), name })
      .refine(isPattern, 'not a regular expression'),
    z.strictObject({ type: z.literal('json'), path, equals: z.unknown(), name }).describe('The final answer is JSON, and holds this.'),
    z.strictObject({
      type: z.literal('called'),
      tool: text,
      times: times.optional().describe('Default: at least once.'),
      outcome: z.enum(['ok', 'error']).optional(),
      arguments: z.record(path, z.unknown()).optional(),
      name,
    }),
    z
      .strictObject({ type: z.literal('sourced'), tool: text, argument: path, from: z.strictObject({ tool: text, result: path }), name })
      .describe('What the tool was called with stood in an earlier result of another.'),
    z.strictObject({ type: z.literal('function'), function: text.describe('Name of one of the suite’s `checks`.'), name }),
  ],
  { error: ({ input }) => unknownType(input) },
);

function unknownType(input: unknown): string {
  const type = typeof input === 'object' && input !== null && 'type' in input ? JSON.stringify(input.type) : 'none';
  return `there is no check of type ${type}; known: exact, contains, excludes, matches, json, called, sourced, function`;
}

export type Check = z.output<typeof checkSchema>;
