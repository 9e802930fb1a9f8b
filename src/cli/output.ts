import type { createWriteStream, WriteStream as FileStream } from 'node:fs';
import { existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
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
  const target = path === undefined ? undefined : placeOf(path);
  const unfinished = target?.isFile === true ? `${target.path}.${process.pid}.tmp` : undefined;
  const stream: FileStream | NodeJS.WriteStream = target === undefined ? stdout : open(unfinished ?? target.path);
  if (unfinished !== undefined) process.once('exit', () => rmSync(unfinished, { force: true }));
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
      if (unfinished !== undefined && target !== undefined) renameSync(unfinished, target.path);
    },
  };
}

/** Where a report goes, links followed; a pipe or a device is written as it is. What cannot be written is said before anything is read. */
function placeOf(path: string): { path: string; isFile: boolean } {
  const refuse = (why: string): never => {
    throw new UsageError(`${path} cannot be written: ${why}.`);
  };
  if (path === '') refuse('it has no name');
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) refuse(`there is no folder ${folder}`);
  if (!existsSync(path)) return { path, isFile: true };
  const kind = statSync(path);
  if (kind.isDirectory()) refuse('it is a folder');
  return kind.isFile() ? { path: realpathSync(path), isFile: true } : { path, isFile: false };
}

export function wantsColour(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return stream.isTTY && TERM !== 'dumb';
}
