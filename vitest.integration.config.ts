import { defineConfig } from 'vitest/config';

/** Tests that start real servers: one file after another, so that each has the machine to itself. */
export default defineConfig({
  test: { include: ['test/integration/**/*.integration.ts'], testTimeout: 600_000, hookTimeout: 120_000, fileParallelism: false },
});
