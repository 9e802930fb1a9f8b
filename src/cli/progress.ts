import type { Progress } from '../sources/read.ts';

/** A line that shows how far reading has come; silent unless the stream is a terminal. */
export function progressLine(stream: NodeJS.WriteStream): { update(progress: Progress): void; clear(): void } {
  if (!stream.isTTY) return { update: () => {}, clear: () => {} };
  let shownAt = 0;
  let isShown = false;
  return {
    update({ bytesRead, totalBytes, files, filesDone }) {
      const now = Date.now();
      if (now - shownAt < 100) return;
      shownAt = now;
      isShown = true;
      const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
      const share =
        totalBytes === undefined || totalBytes === 0 ? '' : ` of ${mb(totalBytes)} (${Math.floor((100 * bytesRead) / totalBytes)} %)`;
      stream.write(`\r\u001b[KReading ${mb(bytesRead)}${share}${files > 1 ? `, file ${Math.min(filesDone + 1, files)} of ${files}` : ''}`);
    },
    clear() {
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}
