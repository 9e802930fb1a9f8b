import type { DoctorReport } from '../../instrumentation/doctor-report.ts';

export interface Diagnosis {
  /** `isGood` is left open where there was nothing to judge. */
  facts: { name: string; value: string; isGood: boolean | undefined }[];
  /** What to do, each with its why. */
  advice: string[];
  /** Model calls were seen, and their spans go somewhere. */
  isWell: boolean;
}

/** Where spans are sent to, as the standard variables say. */
export const otlpEndpoint = (env: NodeJS.ProcessEnv): string =>
  env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? 'http://localhost:4318';

/**
 * What the processes of an app tell about its tracing.
 *
 * @param env the environment the app ran in
 * @param isListening whether something listens at the OTLP endpoint
 */
export function diagnose(reports: readonly DoctorReport[], env: NodeJS.ProcessEnv, exitCode: number, isListening: boolean): Diagnosis {
  const advice: string[] = [];
  const sum = (count: (report: DoctorReport) => number): number => reports.reduce((total, report) => total + count(report), 0);
  const spansOf = (operation: string): number => sum((report) => report.spans[operation] ?? 0);
  const [models, tools, runs] = [spansOf('chat'), spansOf('execute_tool'), spansOf('invoke_agent')];
  const requests = sum((report) => report.requests);
  const calls = sum((report) => report.calls);
  const patched = reports.flatMap((report) => report.patched);
  const loaded = [...new Set(reports.flatMap((report) => report.loaded))];
  const versions = [...new Set(patched.map(({ version }) => version ?? 'of unknown version'))];
  const complaints = [...new Set(reports.flatMap((report) => report.complaints))];
  const warnings = [...new Set(reports.flatMap((report) => report.warnings))];
  const content = reports[0]?.content ?? 'off';
  const sink = sinkOf(reports, env, isListening);

  if (reports.length === 0) advice.push(NO_PROCESS);
  else if (exitCode !== 0 && models === 0) advice.push(failed(exitCode));
  else if (patched.length === 0) advice.push(loaded.length > 0 ? EARLY : requests > 0 ? OTHER_CLIENT : NO_CLIENT);
  else if (requests === 0 && models === 0) advice.push(NO_CALLS);
  else if (models === 0 && requests > spansOf('embeddings')) advice.push(loaded.length > 1 ? TWO_COPIES : OTHER_CLIENT);
  if (patched.length > 1 && versions.length > 1)
    advice.push(
      `Two copies of openai are loaded (${versions.join(', ')}); both are traced, but one of them is probably not meant: npm ls openai`,
    );
  if (calls > 0 && tools === 0) advice.push(NO_TOOLS);
  else if (tools < calls) advice.push(`${calls - tools} of ${calls} tool calls ran outside a span.\n${WRAP_TOOLS}`);
  if (reports.length > 0 && content === 'off') advice.push(CONTENT_OFF);
  if (!sink.isGood && reports.length > 0) advice.push(sink.advice ?? '');
  for (const complaint of complaints) advice.push(`OpenTelemetry says: ${complaint}`);
  for (const warning of warnings) advice.push(warning);

  return {
    facts: [
      { name: 'app', value: `ended with exit code ${exitCode}, Node ${reports[0]?.node ?? 'not seen'}`, isGood: exitCode === 0 },
      {
        name: 'openai',
        value:
          patched.length === 0
            ? 'not patched'
            : `patched: ${versions.join(', ')} (${[...new Set(patched.flatMap(({ parts }) => parts))].join(', ')})`,
        isGood: patched.length > 0,
      },
      {
        name: 'model calls',
        value: `${models} in spans; ${requests === 1 ? '1 request was' : `${requests} requests were`} sent`,
        isGood: models > 0,
      },
      { name: 'tools', value: `${tools} in spans; the model asked for ${calls}`, isGood: calls + tools === 0 ? undefined : tools >= calls },
      {
        name: 'runs',
        value: runs > 0 ? `${runs} in spans` : 'none marked (withRun ties the turns of a task together)',
        isGood: runs > 0 ? true : undefined,
      },
      { name: 'content', value: content, isGood: content !== 'off' },
      { name: 'exporter', value: sink.value, isGood: sink.isGood && complaints.length === 0 },
    ],
    advice: advice.filter(Boolean),
    isWell: models > 0 && sink.isGood && complaints.length === 0,
  };
}

const NO_PROCESS =
  'No Node process below this command took part. Does it start Node with options of its own (NODE_OPTIONS), or in a container? Run the app there with: node --import fanlight/register app.js';
const failed = (exitCode: number): string =>
  `The app ended with exit code ${exitCode} before a model call was seen; its own output above says why. Mend that first, then ask again.`;
const EARLY =
  'openai was loaded before tracing could see it. Something imports it earlier than fanlight/register: put --import fanlight/register first.';
const NO_CLIENT =
  'The app never loaded the openai package. If a bundler put it into the app, trace the client itself: instrumentOpenAI(new OpenAI()) from fanlight/tracing.';
const OTHER_CLIENT =
  'Model calls were sent, but not by a client that could be patched. If a bundler put openai into the app, trace the client itself: instrumentOpenAI(new OpenAI()) from fanlight/tracing. Other clients are not traced.';
const TWO_COPIES = 'Model calls were sent by a second copy of openai that could not be patched: npm ls openai tells whose it is.';
const NO_CALLS = 'openai is patched, but the app made no model call in this run.';
const WRAP_TOOLS =
  'Wrap the tools: traceTools(tools) or tracedTool(fn) from fanlight/tracing; in a loop of your own, withToolCall(call, () => run(call)). runTools needs nothing.';
const NO_TOOLS = `The model asked for tools, and none of them ran in a span: no times, and results only where the next request repeats them.\n${WRAP_TOOLS}`;
const CONTENT_OFF =
  'Messages are not recorded, so every verdict of fanlight analyze will be unknown. Set OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true, or =fingerprint to record no text.';

/** Where the spans go, as the standard variables say. */
function sinkOf(
  reports: readonly DoctorReport[],
  env: NodeJS.ProcessEnv,
  isListening: boolean,
): { value: string; isGood: boolean; advice?: string } {
  const sdk = reports.find((report) => report.sdk !== undefined)?.sdk;
  if (env['OTEL_SDK_DISABLED'] === 'true')
    return { value: 'none', isGood: false, advice: 'OTEL_SDK_DISABLED=true switches all tracing off.' };
  if (sdk === undefined)
    return { value: 'none', isGood: false, advice: 'No OpenTelemetry SDK was started, so spans go nowhere; the warnings say why.' };
  if (sdk === 'disabled')
    return { value: 'none', isGood: false, advice: 'The OpenTelemetry SDK did not start; look at the OTEL_* variables.' };
  if (sdk !== 'started by fanlight/register') return { value: 'the app’s own SDK', isGood: true };
  const exporter = env['OTEL_TRACES_EXPORTER'] ?? 'otlp';
  if (exporter === 'none') return { value: 'none', isGood: false, advice: 'OTEL_TRACES_EXPORTER=none: spans go nowhere.' };
  if (exporter !== 'otlp') return { value: exporter, isGood: true };
  const endpoint = otlpEndpoint(env);
  if (isListening) return { value: `OTLP to ${endpoint}`, isGood: true };
  const advice = `Nothing listens at ${endpoint}, so the spans are lost. Start a Collector or Jaeger there, set OTEL_EXPORTER_OTLP_ENDPOINT, or look at the spans with OTEL_TRACES_EXPORTER=console.`;
  return { value: `OTLP to ${endpoint}, where nothing listens`, isGood: false, advice };
}
