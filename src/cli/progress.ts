import type { Progress } from '../sources/read.ts';

export interface ProgressLine {
  /** How far reading has come. */
  reading(progress: Progress): void;
  /** How many traces a backend has given. */
  pulled(traces: number): void;
  /** How many runs have been analyzed. */
  analyzed(runs: number): void;
  /** How many runs of an evaluation have their result. */
  ran(done: number, total: number): void;
  clear(): void;
}

/** A line that shows how far the work has come; silent unless the stream is a terminal. */
export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  if (!stream.isTTY) return { reading: () => {}, pulled: () => {}, analyzed: () => {}, ran: () => {}, clear: () => {} };
  let shownAt = 0;
  let isShown = false;
  const show = (text: () => string): void => {
    const now = Date.now();
    if (now - shownAt < 100) return;
    shownAt = now;
    isShown = true;
    stream.write(`\r\u001b[K${text()}`);
  };
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  return {
    reading: ({ bytesRead, totalBytes, files, filesDone }) =>
      show(() => {
        const share =
          totalBytes === undefined || totalBytes === 0 ? '' : ` of ${mb(totalBytes)} (${Math.floor((100 * bytesRead) / totalBytes)} %)`;
        return `Reading ${mb(bytesRead)}${share}${files > 1 ? `, file ${Math.min(filesDone + 1, files)} of ${files}` : ''}`;
      }),
    pulled: (traces) => show(() => `Pulled ${traces.toLocaleString('en-US')} traces`),
    analyzed: (runs) => show(() => `Analyzed ${runs.toLocaleString('en-US')} runs`),
    ran: (done, total) =>
      show(() => `Ran ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} (${Math.floor((100 * done) / total)} %)`),
    clear() {
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}
