import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { canonicalJson } from '../../model/canonical.ts';
import { readVerdict, type JudgeVerdict } from './prompt.ts';

/** Verdicts by the content they judged, a JSON line each: a file that is cut off loses its last line only. */
export class JudgeCache {
  readonly #path: string | undefined;
  readonly #verdicts: Map<string, JudgeVerdict>;

  private constructor(path: string | undefined, verdicts: Map<string, JudgeVerdict>) {
    this.#path = path;
    this.#verdicts = verdicts;
  }

  static async open(path: string | undefined): Promise<JudgeCache> {
    const verdicts = new Map<string, JudgeVerdict>();
    const text = path === undefined ? '' : await readFile(path, 'utf8').catch(ifMissing);
    for (const line of text.split('\n')) {
      const entry = entryOf(line);
      if (entry !== undefined) verdicts.set(entry.key, entry.verdict);
    }
    // What follows must not run on from half a line.
    if (path !== undefined && text !== '' && !text.endsWith('\n')) await appendFile(path, '\n');
    return new JudgeCache(path, verdicts);
  }

  get(key: string): JudgeVerdict | undefined {
    return this.#verdicts.get(key);
  }

  async put(key: string, verdict: JudgeVerdict): Promise<void> {
    this.#verdicts.set(key, verdict);
    if (this.#path !== undefined) await appendFile(this.#path, `${JSON.stringify({ key, ...verdict })}\n`);
  }
}

export const contentKey = (content: unknown): string => createHash('sha256').update(canonicalJson(content)).digest('hex');

function ifMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}

function entryOf(line: string): { key: string; verdict: JudgeVerdict } | undefined {
  const verdict = readVerdict(line);
  if (verdict === undefined) return undefined;
  const { key } = JSON.parse(line) as { key?: unknown };
  return typeof key === 'string' ? { key, verdict } : undefined;
}
