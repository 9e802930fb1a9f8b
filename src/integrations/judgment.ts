import type { AnalyzedRun } from '../analysis/analyze-run.ts';
import { analyzedInMemory, analyzedRuns, SubjectError, type Subject, type SubjectOptions } from './subject.ts';

/** What is said of a subject; each integration says it in its host's words. */
export interface Judgment {
  /** Null where it does not apply: there was nothing to judge, or the trace does not tell. Never a pass. */
  pass: boolean | null;
  /** 0..1; null where it does not apply. */
  score: number | null;
  /** One line, then the evidence as `fanlight analyze` words it. */
  comment: string;
  /** There is nothing to judge, so that a host without "not applicable" may let it pass: no tool was called. */
  vacuous?: boolean;
}

/** A judgment of runs, with its options bound. */
export type Judge = (runs: readonly AnalyzedRun[]) => Judgment;

/** Options of every integration whose host hands over what it has of a test case. */
export interface FromOptions<Args> extends SubjectOptions {
  /** What to judge, of all that the host hands over; by default what is found there. */
  from?: ((args: Args) => Subject | Promise<Subject>) | undefined;
}

/**
 * The judgment of one test case: of what `from` says, else of the first candidate that it applies to.
 *
 * @param candidates where a run may lie; a text among them is never a path, since a model may have written it
 */
export async function judgeCase<Args>(
  judge: Judge,
  { from, config }: FromOptions<Args>,
  args: Args,
  candidates: readonly unknown[],
): Promise<Judgment> {
  let told: Judgment | undefined;
  let reason = '';
  const read = from === undefined ? analyzedInMemory : analyzedRuns;
  for (const candidate of from === undefined ? candidates : [await from(args)]) {
    if (candidate === undefined || candidate === null) continue;
    const runs = await runsIn(() => read(candidate, { config }));
    if (typeof runs === 'string') {
      reason ||= runs;
      continue;
    }
    const judgment = judge(runs);
    if (judgment.pass !== null) return judgment;
    // That calls were not recorded says more than that another place knows of none.
    if (told === undefined || told.vacuous === true) told = judgment;
  }
  return told ?? { pass: null, score: null, comment: `not applicable: ${reason || 'there is nothing to read a run from'}` };
}

/** The runs, or why there are none: no reason for a whole evaluation to fail. */
async function runsIn(read: () => AnalyzedRun[] | Promise<AnalyzedRun[]>): Promise<AnalyzedRun[] | string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SubjectError) return error.message;
    throw error;
  }
}
