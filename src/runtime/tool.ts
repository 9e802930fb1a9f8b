export type Effect = 'read' | 'write' | 'unknown';

/** What a tool is told beside its input. */
export interface ToolContext {
  /** Aborted when the tool's time is up, or the run's. */
  signal: AbortSignal;
  callId: string;
  /** Of the run, from 0. */
  turn: number;
}

/** A tool as the runtime runs it; `defineTool` makes one. */
export interface Tool<Input = unknown> {
  readonly name: string;
  readonly description: string;
  /** JSON Schema as sent to the model. */
  readonly schema: Record<string, unknown>;
  readonly strict: boolean;
  readonly effect: Effect;
  readonly parallelizable: boolean;
  /** What happens to a run-alone call that comes beside others. */
  readonly onConflict: 'serialize' | 'defer';
  /** Names of tools whose results it needs. */
  readonly dependsOn: readonly string[];
  readonly timeoutMs: number | undefined;
  /** Checks and converts what the model sent. Never throws. */
  validate(args: unknown): Promise<{ ok: true; value: Input } | { ok: false; message: string }>;
  execute(input: Input, context: ToolContext): unknown;
}
