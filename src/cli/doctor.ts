import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DoctorReport } from '../../instrumentation/doctor-report.ts';
import { styleText } from 'node:util';
import { safe } from '../report/safe.ts';
import { UsageError, type Command } from './command.ts';
import { diagnose, otlpEndpoint, type Diagnosis } from './diagnose.ts';
import { wantsColour } from './output.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Runs an app with tracing switched on and says what was found and patched, which spans were seen, and what is missing and why.',
  usage: 'doctor [--] <command…>',
  options: { help: { type: 'boolean', short: 'h', help: 'show this' } },
  examples: [
    ['fanlight doctor -- node app.js', 'a script'],
    ['fanlight doctor -- npm start', 'whatever starts it: every Node process below is looked at'],
  ],
  async run(_values, [command, ...args]) {
    if (command === undefined) throw new UsageError('Which app? For example: fanlight doctor -- node app.js');
    const folder = await mkdtemp(join(tmpdir(), 'fanlight-doctor-'));
    try {
      const exitCode = await runApp(command, args, folder);
      const diagnosis = diagnose(await readReports(folder), process.env, exitCode, await isListening(otlpEndpoint(process.env)));
      process.stderr.write(render(diagnosis, wantsColour(process.stderr)));
      return diagnosis.isWell ? 0 : 1;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** With the app's own input and output; its signals are its own. */
function runApp(command: string, args: readonly string[], folder: string): Promise<number> {
  const register = new URL('../../instrumentation/register.js', import.meta.url).href;
  const nodeOptions = [process.env['NODE_OPTIONS'], `--import ${register}`].filter(Boolean).join(' ');
  return new Promise((resolve, reject) => {
    const app = spawn(command, args, {
      stdio: 'inherit',
      env: { ...process.env, NODE_OPTIONS: nodeOptions, FANLIGHT_DOCTOR: folder },
    });
    // Both get the terminal's interrupt; the report comes after the app is done with it.
    const wait = (): void => {};
    process.on('SIGINT', wait);
    app.on('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'there is no such command' : error.message;
      reject(new UsageError(`"${command}" could not be started: ${why}.`));
    });
    app.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

const PROBE_MS = 2000;

function isListening(endpoint: string): Promise<boolean> {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null) return Promise.resolve(false);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port, timeout: PROBE_MS });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', end(true)).on('timeout', end(false)).on('error', end(false));
  });
}

async function readReports(folder: string): Promise<DoctorReport[]> {
  const files = await readdir(folder);
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as DoctorReport));
}

function render({ facts, advice, isWell }: Diagnosis, hasColour: boolean): string {
  const paint = (style: 'green' | 'yellow' | 'bold', text: string): string =>
    hasColour ? styleText(style, text, { validateStream: false }) : text;
  const mark = (isGood: boolean | undefined): string => (isGood === undefined ? '·' : isGood ? paint('green', '✓') : paint('yellow', '✗'));
  const width = Math.max(...facts.map(({ name }) => name.length)) + 2;
  return [
    '',
    paint('bold', 'fanlight doctor'),
    ...facts.map(({ name, value, isGood }) => `  ${mark(isGood)} ${name.padEnd(width)}${safe(value)}`),
    ...(advice.length === 0
      ? []
      : ['', ...advice.flatMap((text) => text.split('\n').map((line, i) => `${i === 0 ? '  → ' : '    '}${safe(line)}`))]),
    ...(isWell && advice.length === 0 ? ['', '  Everything is in place.'] : []),
    '',
  ].join('\n');
}
