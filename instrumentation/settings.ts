import type { MeterProvider, TracerProvider } from '@opentelemetry/api';

/**
 * What of messages, arguments and results is recorded.
 * - `off`: nothing.
 * - `full`: everything, on every span.
 * - `delta`: everything, each message once a conversation; fanlight's reader puts it back together.
 * - `fingerprint`: no text; every value as a keyed hash of its normal form, enough for fanlight's verdicts.
 */
export type ContentMode = 'off' | 'full' | 'delta' | 'fingerprint';

export interface InstrumentationOptions {
  /** Default: the variable `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`, else `off`. `true` is `full`. */
  content?: ContentMode | boolean;
  /**
   * Called with every value before it is recorded, wherever it stands: messages, arguments, results, error texts.
   * What it returns is recorded instead. If it throws, the value is left out.
   *
   * @param path where the value stands: `messages[2].content`, `tools.<name>.arguments.email`, `tools.<name>.result`, `error.message`
   */
  redact?: (value: unknown, path: string) => unknown;
  /** Longest content attribute in characters; longer texts in it are cut and marked. Default 1,000,000. */
  maxAttributeLength?: number;
  /** Key of the hashes in `fingerprint` mode: the same key in two processes gives the same hashes. Default: random. */
  fingerprintKey?: string;
  /** Ask the API for token usage on streams, by `stream_options`, where the app does not say. Default false. */
  streamUsage?: boolean;
  /** `gen_ai.provider.name`, where the base URL does not tell. */
  provider?: string;
  /** Names of the metrics: the conventions' `current` ones, `legacy` (up to v1.36), `both` or `none`. Default `current`. */
  metrics?: 'current' | 'legacy' | 'both' | 'none';
  /** Default: the global one. */
  tracerProvider?: TracerProvider;
  /** Default: the global one. */
  meterProvider?: MeterProvider;
}

export interface Settings {
  content: ContentMode;
  redact: ((value: unknown, path: string) => unknown) | undefined;
  maxAttributeLength: number;
  fingerprintKey: string | undefined;
  streamUsage: boolean;
  provider: string | undefined;
  metrics: 'current' | 'legacy' | 'both' | 'none';
}

const CAPTURE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';

/** Options with what the environment says in place of what they leave open. */
export function settingsOf(options: InstrumentationOptions, env: NodeJS.ProcessEnv = process.env): Settings {
  return {
    content: contentMode(options.content ?? env[CAPTURE]),
    redact: options.redact,
    maxAttributeLength: Math.max(100, options.maxAttributeLength ?? 1_000_000),
    fingerprintKey: options.fingerprintKey ?? env['FANLIGHT_FINGERPRINT_KEY'],
    streamUsage: options.streamUsage ?? env['FANLIGHT_STREAM_USAGE'] === 'true',
    provider: options.provider ?? env['FANLIGHT_PROVIDER'],
    metrics: options.metrics ?? metricsMode(env['FANLIGHT_METRICS']),
  };
}

/** `true` of the JavaScript instrumentations, `SPAN_ONLY` and its like of the Python ones, and our own modes. */
function contentMode(said: string | boolean | undefined): ContentMode {
  const word = String(said ?? 'off').toLowerCase();
  if (word === 'delta' || word === 'fingerprint') return word;
  return ['full', 'true', '1', 'span_only', 'span_and_event'].includes(word) ? 'full' : 'off';
}

const metricsMode = (said: string | undefined): Settings['metrics'] =>
  said === 'legacy' || said === 'both' || said === 'none' ? said : 'current';
