import { LIMIT, LOOKBACK_MS, TIMEOUT_MS, type Backend } from '../sources/backends/backend.ts';
import { UsageError, type Option, type Values } from './command.ts';

/** Options of commands that pull traces from a running backend. */
export const backendOptions: Readonly<Record<string, Option>> = {
  jaeger: { type: 'string', value: 'URL', help: 'pull traces from a running Jaeger, such as http://localhost:16686; needs --service' },
  tempo: { type: 'string', value: 'URL', help: 'pull traces from a running Tempo, such as http://localhost:3200' },
  service: { type: 'string', value: 'NAME', help: 'only traces of this service' },
  query: { type: 'string', value: 'TRACEQL', help: 'only traces that match, instead of --service (Tempo)' },
  lookback: { type: 'string', value: 'TIME', help: `how far back, such as 30m, 6h, 2d (default ${LOOKBACK_MS / 3_600_000}h)` },
  limit: { type: 'string', value: 'N', help: `most traces to pull (default ${LIMIT})` },
  header: { type: 'string', multiple: true, value: "'NAME: VALUE'", help: 'sent with every request to the backend; may be repeated' },
  timeout: { type: 'string', value: 'SECONDS', help: `longest wait for an answer of the backend (default ${TIMEOUT_MS / 1000})` },
};

const KINDS = ['jaeger', 'tempo'] as const;

/** The backends that the command line names. Throws {@link UsageError}. */
export function backendsOf(values: Values): Backend[] {
  const text = (name: string): string | undefined => values[name] as string | undefined;
  const kinds = KINDS.filter((kind) => values[kind] !== undefined);
  const unused = Object.keys(backendOptions).find((name) => values[name] !== undefined);
  if (kinds.length === 0 && unused !== undefined) throw new UsageError(`--${unused} goes with --jaeger or --tempo.`);
  const [service, query, lookback, limit, timeout] = ['service', 'query', 'lookback', 'limit', 'timeout'].map(text);
  if (service === '') throw new UsageError('--service takes the name of a service.');
  if (query !== undefined && !kinds.includes('tempo'))
    throw new UsageError('--query is TraceQL and goes with --tempo; for Jaeger there is --service.');
  if (query !== undefined && service !== undefined && !kinds.includes('jaeger'))
    throw new UsageError('Either --service or --query: a query names the service itself, as in { resource.service.name = "agent" }.');
  const headers = headersOf((values['header'] as string[] | undefined) ?? []);
  return kinds.map((kind) => ({
    kind,
    url: urlOf(kind, text(kind) ?? ''),
    headers,
    ...(service !== undefined && { service }),
    ...(query !== undefined && kind === 'tempo' && { query }),
    ...(lookback !== undefined && { lookbackMs: millisecondsOf(lookback) }),
    ...(limit !== undefined && { limit: positive('limit', 'a whole number of traces', limit, Number.isSafeInteger) }),
    ...(timeout !== undefined && { timeoutMs: 1000 * positive('timeout', 'a number of seconds', timeout, (n) => n <= MAX_TIMEOUT_S) }),
  }));
}

/** A timer holds no more. */
const MAX_TIMEOUT_S = 2_000_000;

function urlOf(kind: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/u.test(url.protocol) && url.hostname !== '') return text;
  const guess = `http://${text}`;
  const hint = !text.includes('://') && text !== '' && URL.canParse(guess) ? `; did you mean ${guess}?` : ', such as http://localhost:';
  const port = kind === 'jaeger' ? '16686' : '3200';
  throw new UsageError(`--${kind} takes an http or https URL${hint.endsWith(':') ? `${hint}${port}` : hint}`);
}

export function headersOf(lines: readonly string[]): Record<string, string> {
  const headers = lines.map((line): [string, string] => {
    const [, name = '', value = ''] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/su.exec(line) ?? [];
    try {
      if (name !== '') return [new Headers({ [name]: value }).keys().next().value ?? name, value];
    } catch {
      // Told below, without the value: it may be a secret.
    }
    throw new UsageError("--header takes a name and a value, as in --header 'Authorization: Bearer …'.");
  });
  return Object.fromEntries(headers);
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function millisecondsOf(text: string): number {
  const { amount, unit } = /^(?<amount>\d+(?:\.\d+)?)(?<unit>[smhdw])$/u.exec(text)?.groups ?? {};
  const ms = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  // Dates reach back no further than their epoch here.
  if (ms >= 1 && ms < Date.now()) return Math.round(ms);
  throw new UsageError(`--lookback takes a time such as 30m, 6h or 2d, not "${text}".`);
}

function positive(name: string, what: string, text: string, isFine: (n: number) => boolean): number {
  const number = Number(text);
  if (text.trim() !== '' && number > 0 && Number.isFinite(number) && isFine(number)) return number;
  throw new UsageError(`--${name} takes ${what}, not "${text}".`);
}
