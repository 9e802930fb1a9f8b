import { parseIfJson } from './json.ts';

/** Of the conventions; other writers use it beside their own attributes. */
export const FINISH_REASONS = 'gen_ai.response.finish_reasons';

/** `tool_calls`, `tool-calls`, `TOOL_CALL`, `tool_use`, `function_call`. */
const TOOLS = /^(?:tool|function)[_-]?(?:call|use)/iu;

/** True where one of the reasons, a list or a single one, says that the answer asked for tools. */
export function askForTools(told: unknown): boolean {
  const reasons = parseIfJson(told);
  return (Array.isArray(reasons) ? reasons : [reasons]).some((reason) => typeof reason === 'string' && TOOLS.test(reason));
}
