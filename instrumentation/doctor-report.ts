import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sightings } from './sightings.ts';

/** `fanlight doctor` names a file in this variable: what was seen is written there when the process ends. */
export function reportSightings(): void {
  const file = process.env['FANLIGHT_DOCTOR'];
  if (file === undefined || file === '') return;
  process.on('exit', () => {
    try {
      const cache = Object.keys(createRequire(import.meta.url).cache);
      writeFileSync(
        file,
        JSON.stringify({ ...sightings, node: process.version, loaded: cache.filter((path) => /[\\/]openai[\\/]/u.test(path)).slice(0, 1) }),
      );
    } catch {
      // The report is lost, the app is not.
    }
  });
}
