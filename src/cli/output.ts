import type { createWriteStream, WriteStream as FileStream } from 'node:fs';
import type { Output } from '../report/format.ts';

export interface OpenOutput extends Output {
  /** Waits until a slow reader has caught up. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file, or takes standard output; colours only for a terminal that does not refuse them (NO_COLOR, FORCE_COLOR). */
export function openOutput(path: string | undefined, open: typeof createWriteStream, stdout: NodeJS.WriteStream): OpenOutput {
  const stream: FileStream | NodeJS.WriteStream = path === undefined ? stdout : open(path);
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
    },
  };
}

export function wantsColour(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return stream.isTTY && TERM !== 'dumb';
}
