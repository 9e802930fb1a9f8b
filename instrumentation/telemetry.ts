import { createNoopMeter, metrics, trace, type MeterProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { ContentRecorder } from './content/recorder.ts';
import { Instruments } from './instruments.ts';
import { settingsOf, type InstrumentationOptions, type Settings } from './settings.ts';
import { SCOPE_NAME, VERSION } from './version.ts';

/** Where one set of options sends its spans and metrics, and what it records in them. */
export class Telemetry {
  readonly settings: Settings;
  readonly recorder: ContentRecorder;
  #tracerProvider: TracerProvider | undefined;
  #meterProvider: MeterProvider | undefined;
  #tracer: Tracer | undefined;
  #instruments: Instruments | undefined;
  #boundTo: MeterProvider | undefined;

  constructor(options: InstrumentationOptions = {}) {
    this.settings = settingsOf(options);
    this.recorder = new ContentRecorder(this.settings);
    this.#tracerProvider = options.tracerProvider;
    this.#meterProvider = options.meterProvider;
  }

  /** Late on purpose: the global provider may be set after the app has made its client. */
  get tracer(): Tracer {
    return (this.#tracer ??= (this.#tracerProvider ?? trace.getTracerProvider()).getTracer(SCOPE_NAME, VERSION));
  }

  /** Undefined where nobody collects metrics. */
  get instruments(): Instruments | undefined {
    // The API has no late binding for meters: a provider that is set later is noticed here.
    const provider = this.#meterProvider ?? metrics.getMeterProvider();
    if (provider !== this.#boundTo) {
      this.#boundTo = provider;
      const meter = provider.getMeter(SCOPE_NAME, VERSION);
      this.#instruments = meter === createNoopMeter() ? undefined : new Instruments(meter, this.settings.metrics);
    }
    return this.#instruments;
  }

  setTracerProvider(provider: TracerProvider): void {
    this.#tracerProvider = provider;
    this.#tracer = undefined;
  }

  setMeterProvider(provider: MeterProvider): void {
    this.#meterProvider = provider;
  }
}

let current: Telemetry | undefined;

/** The telemetry of tools and runs that no client tells: the last one set up, else what the environment says. */
export const currentTelemetry = (): Telemetry => (current ??= new Telemetry());

export function setCurrentTelemetry(telemetry: Telemetry): void {
  current = telemetry;
}
