import { InstrumentationBase, InstrumentationNodeModuleDefinition, type InstrumentationConfig } from '@opentelemetry/instrumentation';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { patchClass, unpatchClass } from './openai/patch.ts';
import { requiredCopies } from './required-copies.ts';
import { safely } from './safely.ts';
import type { InstrumentationOptions } from './settings.ts';
import { setCurrentTelemetry, Telemetry } from './telemetry.ts';
import { SCOPE_NAME, VERSION } from './version.ts';

export type OpenAIInstrumentationConfig = InstrumentationConfig & InstrumentationOptions;

interface OpenAIModule {
  OpenAI?: unknown;
  default?: unknown;
}

/**
 * The `openai` package, for `NodeSDK({ instrumentations: [new OpenAIInstrumentation()] })` or
 * `registerInstrumentations`. ES modules need OpenTelemetry's loader hook before the app's first import:
 * `node --import fanlight/hook app.js`. CommonJS apps need none.
 */
export class OpenAIInstrumentation extends InstrumentationBase<OpenAIInstrumentationConfig> {
  // The base class calls init() and enable() from its constructor, and patches what is loaded already: fields and
  // #private methods of this class do not exist by then.
  declare private telemetry: Telemetry | undefined;

  constructor(config: OpenAIInstrumentationConfig = {}) {
    super(SCOPE_NAME, VERSION, config);
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    // Shapes are checked, not versions: a major that comes tomorrow is patched if it fits.
    const patch = (module: OpenAIModule, version?: string): OpenAIModule => {
      safely('patching openai', () => this.patchModule(module, version));
      return module;
    };
    const unpatch = (module: OpenAIModule): void => void safely('unpatching openai', () => unpatchClass(classOf(module)));
    return [new InstrumentationNodeModuleDefinition('openai', ['*'], patch, unpatch)];
  }

  override enable(): void {
    super.enable();
    safely('looking for openai', () => {
      // What was required before us is in the cache, and no hook will see it again.
      for (const { exports } of requiredCopies()) this.patchModule(exports as OpenAIModule, undefined);
    });
  }

  private patchModule(module: OpenAIModule, version: string | undefined): void {
    patchClass(classOf(module), this.settled, version);
  }

  private get settled(): Telemetry {
    if (this.telemetry === undefined) {
      this.telemetry = new Telemetry(this.getConfig());
      setCurrentTelemetry(this.telemetry);
    }
    return this.telemetry;
  }

  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider);
    safely('setting a provider', () => this.settled.setTracerProvider(provider));
  }

  override setMeterProvider(provider: MeterProvider): void {
    super.setMeterProvider(provider);
    safely('setting a provider', () => this.settled.setMeterProvider(provider));
  }
}

const classOf = (module: OpenAIModule): unknown => module.OpenAI ?? module.default ?? module;
