import { describeIssues } from './describe-issues.ts';
import { dropNulls } from './drop-nulls.ts';
import type { Parameters } from './parameters.ts';
import { messageOf } from './result-text.ts';
import type { Tool } from './tool.ts';

/** No tool needs more, and deeper ones are made to overflow the stack of whoever walks them. */
const MAX_DEPTH = 100;

/** Makes a tool's `validate`: it never throws, and what it answers is for the model. */
export function validatorOf<Input>(name: string, { schema, check }: Parameters): Tool<Input>['validate'] {
  const refused = (what: string): { ok: false; message: string } => ({
    ok: false,
    message: `Invalid arguments for ${name}: ${what}. Call it again with corrected arguments.`,
  });
  return async (args) => {
    try {
      const danger = dangerIn(args);
      if (danger !== undefined) return refused(danger);
      const meant = dropNulls(args === undefined ? {} : args, schema, schema);
      const result = await check(meant);
      if (result.issues === undefined) return { ok: true, value: result.value as Input };
      return refused(describeIssues(result.issues, meant));
    } catch (error) {
      // A refinement of the user's that throws.
      return refused(`they could not be checked (${messageOf(error).slice(0, 200)})`);
    }
  };
}

/** `__proto__` would become the prototype of whatever a careless tool copies its input into. */
function dangerIn(args: unknown): string | undefined {
  const left: Array<{ value: unknown; depth: number }> = [{ value: args, depth: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) return `they are nested more than ${MAX_DEPTH} levels deep`;
    if (Object.hasOwn(value, '__proto__')) return '"__proto__" is not allowed as a name';
    for (const child of Object.values(value)) {
      if (typeof child === 'object' && child !== null) left.push({ value: child as unknown, depth: depth + 1 });
    }
  }
  return undefined;
}
