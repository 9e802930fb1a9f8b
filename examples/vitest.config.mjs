// Its own, so that Vitest does not take the one of the repository above.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['**/*.test.mjs'] } });
