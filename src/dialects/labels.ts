import type { Labels } from '../model/run.ts';

/** Which cell of an evaluation a span belongs to: on the span, one above it, or its resource. */
export const VARIANT = 'fanlight.variant';
export const EXAMPLE = 'fanlight.example';
export const TRIAL = 'fanlight.trial';

const KEYS = { variant: VARIANT, example: EXAMPLE, trial: TRIAL } as const;

export function labelsIn(attributes: Readonly<Record<string, unknown>>): Labels | undefined {
  const found = Object.entries(KEYS).flatMap(([name, key]) => {
    const value = attributes[key];
    return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
