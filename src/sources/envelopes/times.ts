import { asNumber } from '../../dialects/json.ts';

const DATE_TIME = /^(?<date>\d{4}-\d\d-\d\d)[T ](?<time>\d\d:\d\d:\d\d)(?:[.,](?<fraction>\d{1,9})\d*)?(?<zone>Z|UTC|[+-]\d\d:?\d\d)?$/iu;

/**
 * A moment in milliseconds since the epoch, fractions kept: a date with a time (UTC where it names no zone), or a
 * number of seconds, milliseconds, microseconds or nanoseconds, told by its size.
 */
export function readMoment(value: unknown): number | undefined {
  const { date, time, fraction = '', zone = 'Z' } = (typeof value === 'string' && DATE_TIME.exec(value.trim())?.groups) || {};
  if (date !== undefined) {
    const whole = Date.parse(`${date}T${time}${/^(?:z|utc)$/iu.test(zone) ? 'Z' : zone}`);
    return Number.isNaN(whole) ? undefined : whole + Number(`0.${fraction || '0'}`) * 1000;
  }
  const number = asNumber(value);
  if (number === undefined || number <= 0) return undefined;
  const unit = [1e11, 1e14, 1e17].findIndex((limit) => number < limit);
  return number * ([1e3, 1, 1e-3][unit] ?? 1e-6);
}

/** Microseconds since the epoch, in milliseconds. */
export function fromMicroseconds(value: unknown): number | undefined {
  const number = asNumber(value);
  return number === undefined || number <= 0 ? undefined : number / 1000;
}

/** A start and what follows it by a length in milliseconds. */
export function timesOf(start: number | undefined, length: number | undefined): { start?: number; end?: number } {
  if (start === undefined) return {};
  return length === undefined || length < 0 ? { start } : { start, end: start + length };
}
