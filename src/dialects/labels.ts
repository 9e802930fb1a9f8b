import type { Labels } from '../model/run.ts';

/** Which cell of an evaluation a span belongs to: on the span, one above it, or its resource. */
export const VARIANT = 'fanlight.variant';
export const EXAMPLE = 'fanlight.example';
export const TRIAL = 'fanlight.trial';

const KEYS = [
  ['variant', VARIANT],
  ['example', EXAMPLE],
  ['trial', TRIAL],
] as const;

export function labelsIn(attributes: Readonly<Record<string, unknown>>): Labels | undefined {
  let labels: Labels | undefined;
  for (const [name, key] of KEYS) {
    const value = attributes[key];
    if (typeof value === 'string' || typeof value === 'number') labels = { ...labels, [name]: String(value) };
  }
  return labels;
}
