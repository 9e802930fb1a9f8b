import { z } from 'zod';
import { parseConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import type { CheckFunction } from '../checks/run-checks.ts';
import { exampleSchema, type Example } from '../dataset.ts';
import { EvaluationError } from '../error.ts';
import type { JudgeOptions } from '../judge/judge.ts';
import { METRIC_IDS } from '../metrics.ts';
import { sentencesOf } from '../sentences.ts';
import { thresholdsSchema, type Thresholds } from '../thresholds.ts';

/** One way of running the agent. */
export interface Variant {
  name: string;
  /** Whatever `run` makes of it: the parallel setting, a cap, a model, a prompt. Recorded with the results. */
  settings: Readonly<Record<string, unknown>>;
}

/** The variants this project is about, by name; what their settings mean is up to `run`. */
export const KNOWN_VARIANTS: Readonly<Record<string, Variant['settings']>> = {
  'parallel-off': { parallelToolCalls: false, strict: false, flagged: false },
  'parallel-on': { parallelToolCalls: true, strict: false, flagged: false },
  'parallel-on-strict-flagged': { parallelToolCalls: true, strict: true, flagged: true },
};

/** What `run` is asked to do: one example, one variant, one trial. */
export interface RunRequest<Context = unknown> {
  example: Example;
  input: unknown;
  variant: Variant;
  /** From 0. Use it as the seed of whatever is random. */
  trial: number;
  /** Of `setup`. */
  context: Context;
  signal: AbortSignal;
}

/**
 * The final answer. Its trace is taken from OpenTelemetry; an agent that is not traced gives its `messages` (of chat
 * completions or Responses) instead, and its tokens as `usage`, as `runAgent` of fanlight/runtime returns them.
 */
export type RunOutput =
  | string
  | { answer?: string; messages?: readonly unknown[]; model?: string; usage?: { input: number; output: number } }
  | undefined
  | void;

export interface Suite<Context = unknown> {
  name: string;
  /** Said with every result, such as what was simulated. */
  note?: string;
  /** File of JSON Lines, from the suite's folder; or the examples themselves. */
  dataset: string | readonly Example[];
  /** Names of {@link KNOWN_VARIANTS}, or your own. */
  variants?: readonly (string | Variant)[];
  /** The variant the others are measured against. Default: the first. */
  baseline?: string;
  /** Runs the agent once; or the path of a module that exports it as `run` or by default. Left out where traces are evaluated. */
  run?: ((request: RunRequest<Context>) => Promise<RunOutput> | RunOutput) | string;
  /** Before the first run, once; what it returns is each run's `context`. */
  setup?: () => Promise<Context> | Context;
  /** After the last run, also after a failure. */
  teardown?: (context: Context) => Promise<void> | void;
  /** Runs of each example by each variant. Default 1. */
  trials?: number;
  /** Runs at once. Default 4. */
  concurrency?: number;
  /** Milliseconds one run may take. Default 120,000. */
  timeoutMs?: number;
  /** Where running stops; the rest is made up for by running again. */
  budget?: { runs?: number; usd?: number; tokens?: number };
  judge?: JudgeOptions;
  /** Checks by code, for `{ "type": "function", "function": <name> }` in the dataset. */
  checks?: Readonly<Record<string, CheckFunction>>;
  thresholds?: Thresholds;
  /** Variants that have to keep the thresholds. Default: all. */
  gate?: readonly string[];
  /** Of the analysis: prices, what tools do. */
  config?: Config;
  /** Whatever else makes results differ, such as a prompt's version. */
  environment?: Readonly<Record<string, string>>;
}

/** What the command line tells a suite file that is a function. */
export interface SuiteOptions {
  /** `--live`: run against the real model instead of a simulation. */
  live: boolean;
}

export type SuiteFile<Context = unknown> = Suite<Context> | ((options: SuiteOptions) => Suite<Context> | Promise<Suite<Context>>);

/** Types a suite file: `export default defineSuite({ … })`. */
export function defineSuite<Context = unknown>(suite: SuiteFile<Context>): SuiteFile<Context> {
  return suite;
}

const fn = z.custom<() => unknown>((value) => typeof value === 'function', 'not a function');
const count = z.number().int().positive();

const suiteSchema = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/u, 'a name is of letters, digits, ".", "_" and "-"; it names the folder of the results'),
  note: z.string().optional(),
  dataset: z.union([z.string(), z.array(exampleSchema).min(1)]),
  variants: z
    .array(z.union([z.string(), z.strictObject({ name: z.string().min(1), settings: z.record(z.string(), z.unknown()) })]))
    .optional(),
  baseline: z.string().optional(),
  run: z.union([fn, z.string()]).optional(),
  setup: fn.optional(),
  teardown: fn.optional(),
  trials: count.optional(),
  concurrency: count.optional(),
  timeoutMs: count.optional(),
  budget: z.strictObject({ runs: count.optional(), usd: z.number().positive().optional(), tokens: count.optional() }).optional(),
  judge: z
    .looseObject({
      client: z.custom<object>((value) => typeof value === 'object' && value !== null, 'not a client of `openai`'),
      model: z.string().min(1),
    })
    .optional(),
  checks: z.record(z.string(), fn).optional(),
  thresholds: thresholdsSchema.optional(),
  gate: z.array(z.string()).optional(),
  config: z.unknown().optional(),
  environment: z.record(z.string(), z.string()).optional(),
});

/** A suite with its variants spelled out. */
export interface CheckedSuite extends Suite {
  variants: readonly Variant[];
  baseline: string;
}

/** Checks a suite. @throws EvaluationError that names the key; `file` stands in its message */
export function checkSuite(suite: Suite, file = 'suite'): CheckedSuite {
  const parsed = suiteSchema.safeParse(suite);
  if (!parsed.success)
    throw new EvaluationError(
      sentencesOf(parsed.error)
        .map((sentence) => `${file}: ${sentence}${hint(sentence)}`)
        .join('\n'),
    );
  if (suite.config !== undefined) parseConfig(suite.config, `${file}: config`);
  const variants = (suite.variants ?? Object.keys(KNOWN_VARIANTS)).map((variant) => variantOf(variant, file));
  const names = variants.map(({ name }) => name);
  const baseline = suite.baseline ?? names[0];
  if (baseline === undefined)
    throw new EvaluationError(`${file}: there is no variant; leave \`variants\` out for ${Object.keys(KNOWN_VARIANTS).join(', ')}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new EvaluationError(`${file}: two variants are called ${JSON.stringify(twice)}`);
  for (const name of [baseline, ...(suite.gate ?? [])]) {
    if (!names.includes(name))
      throw new EvaluationError(`${file}: there is no variant ${JSON.stringify(name)}; known: ${names.join(', ')}`);
  }
  return { ...suite, variants, baseline };
}

function variantOf(variant: string | Variant, file: string): Variant {
  if (typeof variant !== 'string') return variant;
  const settings = KNOWN_VARIANTS[variant];
  if (settings !== undefined && Object.hasOwn(KNOWN_VARIANTS, variant)) return { name: variant, settings };
  throw new EvaluationError(
    `${file}: there is no variant ${JSON.stringify(variant)} by name; known: ${Object.keys(KNOWN_VARIANTS).join(', ')}. Your own is { name, settings }`,
  );
}

const hint = (sentence: string): string => (sentence.includes(' in thresholds') ? ` (metrics: ${METRIC_IDS.join(', ')})` : '');
