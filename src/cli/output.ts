import type { createWriteStream, WriteStream as FileStream } from 'node:fs';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Output } from '../report/format.ts';
import { UsageError } from './command.ts';

export interface OpenOutput extends Output {
  /** Waits until a slow reader has caught up. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A file, or standard output; colours only for a terminal that does not refuse them (NO_COLOR, FORCE_COLOR). A file is
 * written beside its place and put there when it is whole: a run that fails leaves the one before, and a report
 * written over its own input reads it first.
 */
export function openOutput(path: string | undefined, open: typeof createWriteStream, stdout: NodeJS.WriteStream): OpenOutput {
  const unfinished = path === undefined ? '' : `${path}.${process.pid}.tmp`;
  if (path !== undefined) checkPlace(path);
  const stream: FileStream | NodeJS.WriteStream = path === undefined ? stdout : open(unfinished);
  if (path !== undefined) process.once('exit', () => rmSync(unfinished, { force: true }));
  let failure: Error | undefined;
  let isFull = false;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  stream.on('drain', wake);
  stream.on('close', wake);
  stream.on('error', (error) => {
    failure = error;
    wake();
  });
  return {
    colour: path === undefined && wantsColour(stdout),
    write(text) {
      if (failure === undefined && !stream.write(text)) isFull = true;
    },
    async drained() {
      if (isFull && failure === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      isFull = false;
      // A reader that went away (`| head`) ends the work quietly.
      if (failure !== undefined && (failure as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0);
      if (failure !== undefined) throw failure;
    },
    async close() {
      await this.drained();
      if (path === undefined) return;
      await new Promise<void>((resolve) => {
        stream.end(resolve);
        stream.once('error', () => resolve());
      });
      if (failure !== undefined) throw failure;
      renameSync(unfinished, path);
    },
  };
}

/** A file that cannot be written is said before anything is read. */
function checkPlace(path: string): void {
  const folder = dirname(resolve(path));
  const why = !existsSync(folder)
    ? `there is no folder ${folder}`
    : existsSync(path) && statSync(path).isDirectory()
      ? 'it is a folder'
      : undefined;
  if (why !== undefined) throw new UsageError(`${path} cannot be written: ${why}.`);
}

export function wantsColour(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return stream.isTTY && TERM !== 'dumb';
}
