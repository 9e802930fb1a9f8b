#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { ConfigError } from '../config/load.ts';
import { closest } from '../config/closest.ts';
import { EvaluationError } from '../evaluate/error.ts';
import { SendError } from '../export/send-otlp.ts';
import { safe } from '../report/safe.ts';
import { analyzeCommand } from './analyze.ts';
import { annotateCommand } from './annotate.ts';
import { helpOf, parseCommand, UsageError, type Command } from './command.ts';
import { compareCommand } from './compare.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { evalCommand } from './eval.ts';
import { explainCommand } from './explain.ts';
import { policyCommand } from './policy.ts';
import { latencyCommand } from './latency.ts';
import { graphCommand } from './graph.ts';
import { reportCommand } from './report.ts';

const commands: readonly Command[] = [
  analyzeCommand,
  reportCommand,
  latencyCommand,
  evalCommand,
  compareCommand,
  policyCommand,
  graphCommand,
  annotateCommand,
  explainCommand,
  doctorCommand,
  demoCommand,
];

const USAGE = 2;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
    return name === undefined ? USAGE : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const near = closest(
      name,
      commands.map((candidate) => candidate.name),
    );
    throw new UsageError(
      `There is no command "${name}"${near === undefined ? '' : `; did you mean fanlight ${near}?`}\nSee fanlight --help.`,
    );
  }
  const { values, positionals } = parseCommand(command, args);
  if (values['help'] === true) {
    process.stdout.write(helpOf(command));
    return 0;
  }
  return command.run(values, positionals);
}

function overview(): string {
  return [
    "fanlight shines a light on an LLM agent's fan-outs: the turns in which a model issues several tool calls at once.",
    '',
    'Usage: fanlight <command> [options]',
    '',
    'Commands:',
    ...commands.map((command) => `  ${command.name.padEnd(10)}${command.summary}`),
    '',
    'Example:',
    '  fanlight analyze traces/',
    '',
    'fanlight <command> --help tells more. Exit codes: 0 fine, 1 findings at or above --fail-on or a gate not passed, 2 usage error or nothing readable.',
    '',
  ].join('\n');
}

function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isExpected =
    error instanceof UsageError || error instanceof ConfigError || error instanceof SendError || error instanceof EvaluationError;
  const message = isExpected ? error.message : ((error as Error).stack ?? String(error));
  const lines = message.split('\n').map(safe).join('\n');
  process.stderr.write(
    isExpected ? `${lines}\n` : `fanlight failed, which is a bug; please report it with the input that caused it:\n${lines}\n`,
  );
  process.exitCode = USAGE;
  // What a suite's own code left open must not keep a process that failed.
  setTimeout(() => process.exit(), 500).unref();
}
