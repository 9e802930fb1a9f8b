import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the published schemas are those of the code (npm run schemas writes them)', async () => {
  const { schemas } = (await import(new URL('../../scripts/write-schemas.mjs', import.meta.url).href)) as {
    schemas: Record<string, object>;
  };
  for (const [name, schema] of Object.entries(schemas)) {
    expect(JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8')), name).toEqual(schema);
  }
});
