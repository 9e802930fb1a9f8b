import { readFile } from 'node:fs/promises';
import { rules } from '../../analyzers/index.ts';
import { closest } from '../config/closest.ts';
import { UsageError, type Command } from './command.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Prints the page of a rule: what it flags, why it costs, how to fix it, how to silence it.',
  usage: 'explain <rule>',
  options: { help: { type: 'boolean', short: 'h', help: 'show this' } },
  examples: [['fanlight explain dependent-parallel', 'the page of one rule']],
  async run(_values, [id]) {
    const ids = rules.map((rule) => rule.id);
    if (id === undefined) throw new UsageError(`Which rule? Known: ${ids.join(', ')}.`);
    if (!ids.includes(id)) throw new UsageError(`There is no rule "${id}"; did you mean ${closest(id, ids) ?? ids.join(' or ')}?`);
    process.stdout.write(await readFile(new URL(`../../../docs/rules/${id}.md`, import.meta.url), 'utf8'));
    return 0;
  },
};
