/** `import 'fanlight/vitest'`, in a test or a setup file, adds fanlight's matchers to Vitest's `expect`. See docs/integrations.md. */
import { expect } from 'vitest';
import { matchers, type FanlightMatchers } from './matchers.ts';

declare module 'vitest' {
  // oxlint-disable-next-line typescript/no-explicit-any -- merges only with Vitest's own declaration, which says any.
  interface Matchers<T = any> extends FanlightMatchers<T> {}
}

expect.extend(matchers);

export { matchers, type FanlightMatchers } from './matchers.ts';
export type { CallOptions } from './call-judgments.ts';
export type { Subject, SubjectOptions } from './subject.ts';
export type { Bounds } from './within.ts';
