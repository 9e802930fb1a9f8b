import { describe, expect, test } from 'vitest';
import type { DoctorReport } from '../../instrumentation/doctor-report.ts';
import { diagnose } from '../../src/cli/diagnose.ts';

const seen: DoctorReport = {
  pid: 1,
  node: 'v24.0.0',
  script: 'app.js',
  requests: 3,
  loaded: [],
  content: 'full',
  complaints: [],
  patched: [{ version: '6.49.0', parts: ['chat.completions'], file: undefined }],
  spans: { chat: 3, execute_tool: 2, invoke_agent: 1 },
  calls: 2,
  warnings: [],
  sdk: 'started by fanlight/register',
};
const adviceOn = (change: Partial<DoctorReport>, env: NodeJS.ProcessEnv = {}, isListening = true): string =>
  diagnose([{ ...seen, ...change }], env, 0, isListening).advice.join('\n');

describe('doctor', () => {
  test('is content where all is in place', () => {
    expect(diagnose([seen], {}, 0, true)).toMatchObject({ advice: [], isWell: true });
  });

  test.each<[string, Partial<DoctorReport>, RegExp, NodeJS.ProcessEnv?]>([
    [
      'openai was loaded too early',
      { patched: [], spans: {}, loaded: ['/a/node_modules/openai/index.js'] },
      /before tracing could see it/u,
    ],
    ['another client, or a bundled one', { patched: [], spans: {} }, /instrumentOpenAI/u],
    ['no client at all', { patched: [], spans: {}, requests: 0 }, /never loaded the openai package/u],
    ['two copies', { patched: [...seen.patched, { version: '4.104.0', parts: [], file: undefined }] }, /Two copies of openai.*4\.104\.0/u],
    ['tools outside spans', { spans: { chat: 3 } }, /none of them ran in a span/u],
    ['some tools outside spans', { calls: 5 }, /3 of 5 tool calls ran outside/u],
    ['content is off', { content: 'off' }, /CAPTURE_MESSAGE_CONTENT/u],
    ['the SDK is disabled', {}, /OTEL_SDK_DISABLED/u, { OTEL_SDK_DISABLED: 'true' }],
    ['an SDK without exporter', {}, /spans go nowhere/u, { OTEL_TRACES_EXPORTER: 'none' }],
    ['an exporter that complains', { complaints: ['connect ECONNREFUSED'] }, /OpenTelemetry says: connect ECONNREFUSED/u],
  ])('%s', (_, change, advice, env) => expect(adviceOn(change, env)).toMatch(advice));

  test('an endpoint where nothing listens', () => {
    expect(adviceOn({}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, false)).toMatch(
      /Nothing listens at http:\/\/127\.0\.0\.1:9/u,
    );
  });

  test('an app that failed is told so, and nothing else is guessed', () => {
    const { advice } = diagnose([{ ...seen, patched: [], spans: {}, requests: 0, calls: 0 }], {}, 1, true);
    expect(advice).toEqual([expect.stringMatching(/exit code 1 before a model call/u)]);
  });

  test('no Node process took part', () => {
    expect(diagnose([], {}, 1, true)).toMatchObject({ isWell: false });
  });
});
