import { context, trace, type Context } from '@opentelemetry/api';

/** Tells the context of the work in flight where OpenTelemetry's own does not know it. */
export type Ambient = () => Context | undefined;

let ambient: Ambient | undefined;

/** A framework that keeps its spans in a storage of its own says here which one is current. */
export function setAmbient(tell: Ambient): void {
  ambient = tell;
}

/** The active context; where no span is active in it, the framework's. */
export function activeContext(): Context {
  const active = context.active();
  return trace.getSpanContext(active) === undefined ? (ambient?.() ?? active) : active;
}
