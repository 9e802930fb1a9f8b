import type { PolicyReport, ToolAdvice } from '../../policy/index.ts';

/** A rule to paste into the system prompt. Names of tools are the trace's: they are quoted. */
export function promptRule({ tools, policy }: PolicyReport): string {
  const rules = tools.flatMap(({ evidence, change }): string[] => {
    if (change === undefined) return [];
    const on = listOf(evidence);
    const rest = on === '' ? 'the results it needs are known' : `${on} has answered, with the values that it gave`;
    return change === 'alone'
      ? [`- Call ${quoted(evidence.tool)} in a turn of its own, never beside another call, and only when ${rest}.`]
      : [`- Call ${quoted(evidence.tool)} only in a turn after ${on} has answered, never in the same turn.`];
  });
  if (policy.parallelToolCalls === false) return 'Make one tool call at a time, and read its result before the next.\n';
  if (rules.length === 0) return 'Nothing to add: no tool has to wait for another.\n';
  return `Issue tool calls that do not need each other's results in one turn. But:\n${rules.join('\n')}\n- Never make up a value that a tool can tell you.\n`;
}

/** What to add to the end of each tool's description, as JSON by tool. */
export function descriptionPatch({ tools }: PolicyReport): string {
  const patch = Object.fromEntries(
    tools.flatMap(({ evidence, change }) => {
      if (change === 'alone') return [[evidence.tool, 'This tool must be called alone.']];
      if (change === 'after') return [[evidence.tool, `Call it only after ${listOf(evidence)} has answered, never in the same turn.`]];
      return [];
    }),
  );
  return `${JSON.stringify(patch, undefined, 2)}\n`;
}

/** Lines for `defineTool`, each tool's under its name. */
export function toolCode({ tools, policy }: PolicyReport): string {
  const lines = tools.flatMap(({ evidence, change, why }) => {
    const settings = Object.hasOwn(policy.tools ?? {}, evidence.tool) ? policy.tools?.[evidence.tool] : undefined;
    if (change === undefined || settings === undefined) return [];
    const { reason: _reason, ...code } = settings;
    const fields = Object.entries(code).map(([key, value]) => `  ${key}: ${JSON.stringify(value)},`);
    return [`// ${oneLine(evidence.tool)}: ${oneLine(why)}`, ...fields, ''];
  });
  return lines.length === 0 ? '// nothing to change\n' : lines.join('\n');
}

const listOf = ({ dependent }: ToolAdvice['evidence']): string => Object.keys(dependent.on).toSorted().map(quoted).join(' and ');
const quoted = (name: string): string => `\`${oneLine(name).replaceAll('`', "'")}\``;

/** A comment must not end early, nor a line of a prompt begin another. */
const oneLine = (text: string): string => text.replaceAll(/[\s\u0085\u2028\u2029]+/gu, ' ');
