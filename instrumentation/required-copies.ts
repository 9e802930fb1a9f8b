import { createRequire } from 'node:module';

/** Copies of `openai` that `require` has loaded in this process, with their files. */
export function requiredCopies(): { file: string; exports: unknown }[] {
  const { cache } = createRequire(import.meta.url);
  return Object.entries(cache).flatMap(([file, module]) =>
    /[\\/]node_modules[\\/]openai[\\/]index\.c?js$/u.test(file) && module?.loaded === true
      ? [{ file, exports: module.exports as unknown }]
      : [],
  );
}
