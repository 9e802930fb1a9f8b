import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeRun } from '../../src/analysis/analyze-run.ts';
import { canonicalJson } from '../../src/model/canonical.ts';
import { readValues } from '../../src/sources/read-traces.ts';
import { DAMAGES, damaged } from '../support/damage.ts';
import { recordings } from './recordings.ts';

/** What was made of each call, known by its id or, where the writer has none, by what was asked for. */
function verdictsIn(values: readonly unknown[]): { name: string; key: string; verdict: string; dependsOn: number; what: string }[] {
  const runs = readValues(values, () => {}).map((run) => analyzeRun(run));
  return runs.flatMap(({ run, report }) =>
    report.calls.map(({ id, verdict, wasted, dependsOn }, i) => ({
      name: run.calls[i]?.name ?? '',
      key: `${run.calls[i]?.name} ${canonicalJson(run.calls[i]?.arguments ?? null)}`,
      verdict,
      dependsOn: dependsOn.length,
      what: `${id} ${run.calls[i]?.name} ${wasted ?? verdict}`,
    })),
  );
}

const all = recordings();
const writers = [...new Set(all.map(({ writer }) => writer))];
/** More, and others each time: `FANLIGHT_DAMAGE_RUNS=1000 FANLIGHT_DAMAGE_SEED=$RANDOM npx vitest run test/interop/damage.test.ts` */
const runsPerWriter = Number(process.env['FANLIGHT_DAMAGE_RUNS'] ?? 40);
const seed = process.env['FANLIGHT_DAMAGE_SEED'] ?? '20261125';

describe.each(writers)('%s', (writer) => {
  const files = all.filter((file) => file.writer === writer);
  const whole = new Map(files.map((file) => [file, verdictsIn(file.values)]));

  test.each(DAMAGES)('%s: nothing throws, and no call becomes wasted or dependent', (kind) => {
    fc.assert(
      fc.property(fc.nat({ max: files.length - 1 }), fc.constantFrom(0.03, 0.1, 0.3, 0.7), fc.integer(), (at, share, dice) => {
        const file = files[at] as (typeof files)[number];
        const before = whole.get(file) ?? [];
        const after = verdictsIn(damaged(file.values, kind, share, dice));
        // Another value says something else; nothing more can be asked for than to be read.
        if (kind === 'attributes retyped') return;
        for (const { name, key, verdict, dependsOn, what } of after) {
          const asked = before.filter((call) => call.key === key);
          // A call whose arguments were lost is one of those of its name.
          const same = asked.length > 0 ? asked : before.filter((call) => call.name === name);
          if (verdict === 'wasted')
            expect(
              same.some((call) => call.verdict === 'wasted'),
              `${file.file}: ${what}`,
            ).toBe(true);
          if (dependsOn > 0)
            expect(
              same.some((call) => call.dependsOn > 0),
              `${file.file}: ${what} depends`,
            ).toBe(true);
        }
      }),
      { numRuns: runsPerWriter, seed: Number(seed) },
    );
  });
});
