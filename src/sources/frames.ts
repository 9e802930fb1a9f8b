import { startsWith, unzstdFrame, ZSTD } from './bytes.ts';

/** Messages behind 4-byte big-endian lengths, each plain or a zstd frame. Throws where the file breaks off. */
export async function* readFrames(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let held: Buffer = Buffer.alloc(0);
  let nth = 0;
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= 4) {
      const length = held.readUInt32BE(0);
      if (length > maxBytes) throw new Error(`message ${nth + 1} claims ${length} bytes: the file is damaged or not length-prefixed OTLP`);
      if (held.length < 4 + length) break;
      nth += 1;
      const body = held.subarray(4, 4 + length);
      held = held.subarray(4 + length);
      yield startsWith(body, ZSTD) ? unzstdFrame(body) : body;
    }
  }
  if (held.length > 0) throw new Error(`the file breaks off in message ${nth + 1}`);
}
