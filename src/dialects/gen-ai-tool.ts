import type { ToolExecution } from '../model/observation.ts';
import { asNumber, asString, isTrue, parseArguments } from './json.ts';
import { errorOf, factsOf } from './span-facts.ts';
import type { Attributes, LogRecord, Span } from './span.ts';

const TOOL_NAME = 'gen_ai.tool.name';
const TOOL_CALL_ID = 'gen_ai.tool.call.id';
const TOOL_ARGUMENTS = 'gen_ai.tool.call.arguments';
const TOOL_RESULT = 'gen_ai.tool.call.result';
/** Set by whoever starts a tool ahead of need. */
const SPECULATIVE = 'fanlight.speculative';
/** Set by `fanlight/runtime`. */
const WAIT_SLOT = 'fanlight.wait.slot_ms';
const WAIT_BARRIER = 'fanlight.wait.barrier_ms';

/** A tool's execution in the words of the conventions; also for dialects that write some of these attributes beside their own. */
export function readTool(span: Span, logs: readonly LogRecord[], dialect: string): ToolExecution {
  const { attributes } = span;
  const callId = asString(attributes[TOOL_CALL_ID]);
  const args = attributes[TOOL_ARGUMENTS];
  const result = attributes[TOOL_RESULT];
  const error = errorOf(span, logs);
  return {
    ...factsOf(span, dialect),
    kind: 'tool',
    name: asString(attributes[TOOL_NAME]) ?? span.name.replace(/^execute_tool\s*/u, ''),
    ...(callId !== undefined && { callId }),
    ...(args !== undefined && { arguments: parseArguments(args) }),
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
    ...(isTrue(attributes[SPECULATIVE]) && { speculative: true }),
    ...waitsOf(attributes),
  };
}

function waitsOf(attributes: Attributes): { waits?: { slotMs: number; barrierMs: number } } {
  const [slotMs, barrierMs] = [asNumber(attributes[WAIT_SLOT]), asNumber(attributes[WAIT_BARRIER])];
  return slotMs === undefined && barrierMs === undefined ? {} : { waits: { slotMs: slotMs ?? 0, barrierMs: barrierMs ?? 0 } };
}
