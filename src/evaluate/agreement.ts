import type { RunResult } from './result.ts';

/** How often the judge and the checks by code or state say the same of a run. */
export interface Agreement {
  /** Runs that both gave a verdict on. */
  runs: number;
  agreed: number;
  /** Cohen's kappa (Educational and Psychological Measurement 20, 1960): agreement beyond chance; null where one side is constant. */
  kappa: number | null;
  judgePassedOnly: number;
  codePassedOnly: number;
}

export function agreementOf(results: readonly RunResult[]): Agreement | undefined {
  const counts = { both: 0, judge: 0, code: 0, neither: 0 };
  for (const { checks } of results) {
    const judge = verdictOf(checks.filter(({ by }) => by === 'judge'));
    const code = verdictOf(checks.filter(({ by }) => by !== 'judge'));
    if (judge === undefined || code === undefined) continue;
    counts[judge ? (code ? 'both' : 'judge') : code ? 'code' : 'neither'] += 1;
  }
  const runs = counts.both + counts.judge + counts.code + counts.neither;
  if (runs === 0) return undefined;
  const agreed = counts.both + counts.neither;
  const [judgePasses, codePasses] = [(counts.both + counts.judge) / runs, (counts.both + counts.code) / runs];
  const byChance = judgePasses * codePasses + (1 - judgePasses) * (1 - codePasses);
  const kappa = byChance === 1 ? null : (agreed / runs - byChance) / (1 - byChance);
  return { runs, agreed, kappa, judgePassedOnly: counts.judge, codePassedOnly: counts.code };
}

/** Undefined where nothing was checked, or a check failed to say. */
function verdictOf(checks: RunResult['checks']): boolean | undefined {
  if (checks.length === 0 || checks.some(({ passed }) => passed === null)) return undefined;
  return checks.every(({ passed }) => passed === true);
}

/** Right if everything says so; an error is not right. Null where nothing was checked. */
export const isCorrect = (checks: RunResult['checks']): boolean | null =>
  checks.length === 0 ? null : checks.every(({ passed }) => passed === true);
