import { defineConfig } from 'vitest/config';

/** Tests in a real browser: one file after another, so that what is measured has the machine to itself. */
export default defineConfig({
  test: { include: ['test/browser/**/*.browser.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
});
