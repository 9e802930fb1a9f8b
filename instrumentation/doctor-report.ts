import { channel } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { requiredCopies } from './required-copies.ts';
import { settingsOf, type ContentMode } from './settings.ts';
import { sightings, type Sightings } from './sightings.ts';

/** What one process saw, as `fanlight doctor` reads it. */
export interface DoctorReport extends Sightings {
  pid: number;
  node: string;
  /** What the process ran. */
  script: string | undefined;
  /** Requests that look like model calls, whoever sent them. */
  requests: number;
  /** Files of `openai` that were loaded by `require`. */
  loaded: string[];
  content: ContentMode;
  /** Warnings and errors of OpenTelemetry itself: an exporter that reaches nobody. */
  complaints: string[];
}

const MODEL_CALL = /\/(?:chat\/completions|responses|completions|embeddings)(?:\?|$)/u;
const COMPLAINTS_KEPT = 20;

/** `fanlight doctor` names a folder in `FANLIGHT_DOCTOR`: what was seen is written there when the process ends. */
export function reportSightings(): void {
  const folder = process.env['FANLIGHT_DOCTOR'];
  if (folder === undefined || folder === '') return;
  let requests = 0;
  const count = (path: unknown): void => {
    if (typeof path === 'string' && MODEL_CALL.test(path)) requests++;
  };
  // fetch, and the http module under older clients
  channel('undici:request:create').subscribe((message) => count((message as { request?: { path?: unknown } }).request?.path));
  channel('http.client.request.start').subscribe((message) => count((message as { request?: { path?: unknown } }).request?.path));

  const complaints = new Set<string>();
  const complain = (...args: unknown[]): void => {
    if (complaints.size < COMPLAINTS_KEPT) complaints.add(args.map(textOf).join(' ').slice(0, 300));
  };
  const quiet = (): void => {};
  diag.setLogger(
    { error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );

  process.on('exit', () => {
    try {
      const report: DoctorReport = {
        ...sightings,
        pid: process.pid,
        node: process.version,
        script: process.argv[1],
        requests,
        loaded: requiredCopies().map(({ file }) => file),
        content: settingsOf({}).content,
        complaints: [...complaints],
      };
      writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(report));
    } catch {
      // The report is lost, the app is not.
    }
  });
}

function textOf(value: unknown): string {
  if (value instanceof Error) {
    const cause = value instanceof AggregateError ? value.errors.map(textOf).join('; ') : '';
    return [value.message, cause].filter(Boolean).join(': ') || value.name;
  }
  return typeof value === 'string' ? value : inspect(value);
}
