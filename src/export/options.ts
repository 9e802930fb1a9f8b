import { parseConfig } from '../config/load.ts';
import type { AnalysisOptions } from '../analysis/analyze-run.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';

/** Options of the exporter and of the processor, with what they leave open filled in. Throws where one is wrong. */
export function settingsOf(options: AnalysisOptions & Partial<Limits>): { limits: Limits; analysis: AnalysisOptions } {
  const limits: Limits = { ...DEFAULT_LIMITS };
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]) {
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value > 0)) throw new TypeError(`${name} is a number above 0, not ${String(value)}.`);
    limits[name] = value;
  }
  const { config, rules } = options;
  const analysis: AnalysisOptions = { ...(rules !== undefined && { rules }) };
  if (config !== undefined) analysis.config = parseConfig(config, 'config');
  return { limits, analysis };
}
