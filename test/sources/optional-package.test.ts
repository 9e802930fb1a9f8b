import { expect, test } from 'vitest';
import { loadOptional } from '../../src/sources/optional-package.ts';

const failing = (code: string): Promise<never> => Promise.reject(Object.assign(new Error('broken'), { code }));

test('a package that is not installed is asked for by its name', async () => {
  expect(await loadOptional('CSV', ['a'], () => Promise.resolve(7))).toBe(7);
  await expect(loadOptional('CSV', ['a'], () => failing('ERR_MODULE_NOT_FOUND'))).rejects.toThrow(
    'CSV is read with a package that is not installed: npm install a',
  );
  await expect(loadOptional('Parquet', ['a', 'b'], () => failing('ERR_MODULE_NOT_FOUND'))).rejects.toThrow(
    'Parquet is read with packages that are not installed: npm install a b',
  );
  await expect(loadOptional('CSV', ['a'], () => failing('ERR_INVALID'))).rejects.toThrow('broken');
});
