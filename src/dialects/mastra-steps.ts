import { isDeepStrictEqual } from 'node:util';
import { groupBy } from '../model/rebuild/batch.ts';
import type { Message, Part, ToolCallPart, ToolResultPart } from '../model/message.ts';
import type { ModelCall, ToolExecution } from '../model/observation.ts';
import { asNumber } from './json.ts';
import { readGiven, typeOf } from './mastra-content.ts';
import { readStep } from './mastra-step.ts';
import { spanKey, type Span } from './span.ts';

/**
 * Mastra's model calls: `model_generation` is a loop and holds the messages it began with, each `model_step` below it is
 * one model call and holds what was answered, and, in newer versions, a `model_inference` below that holds the tokens. A step
 * tells of its history only as much as that a tool was called (`[tool: name]`): it is put together from the steps before
 * it and their tools.
 */
const STEP_INDEX = 'mastra.model_step.step_index';

/** @returns for each span that is a model call, that call */
export function gatherCalls(spans: readonly Span[], executions: readonly ToolExecution[]): Map<Span, ModelCall> {
  const byId = new Map(spans.map((span) => [spanKey(span.traceId, span.spanId), span]));
  const parentOf = ({ traceId, parentSpanId }: Span): Span | undefined =>
    parentSpanId === undefined ? undefined : byId.get(spanKey(traceId, parentSpanId));
  const ofType = (type: string): Span[] => spans.filter((span) => typeOf(span) === type).toSorted(byStart);

  const calls = new Map<Span, ModelCall>();
  const inferences = new Map<Span, Span>();
  for (const inference of ofType('model_inference')) {
    const step = parentOf(inference);
    if (step !== undefined && typeOf(step) === 'model_step') inferences.set(step, inference);
    else calls.set(inference, readStep(inference, inference, parentOf(inference)));
  }
  const steps = ofType('model_step');
  const toolsOf = groupBy(executions, ({ origin }) => spanKey(origin.traceId ?? '', origin.parentSpanId ?? ''));
  const issued = new Set<string>();
  for (const step of steps) {
    const call = readStep(step, inferences.get(step), parentOf(step));
    calls.set(step, call);
    for (const { id } of callsIn(call.output)) if (id !== undefined) issued.add(id);
  }
  for (const group of groupBy(steps, (step) => spanKey(step.traceId, step.parentSpanId ?? step.spanId)).values()) {
    const loop = group[0] && parentOf(group[0]);
    let history = loop && known(readGiven(loop), issued);
    for (const [i, step] of group.entries()) {
      const call = calls.get(step);
      // A step that is missing is a gap in the history of all that follow.
      if ((asNumber(step.attributes[STEP_INDEX]) ?? i) !== i) history = undefined;
      if (call === undefined) continue;
      if (history !== undefined) call.input = history;
      const results = resultsOf(call, toolsOf.get(spanKey(step.traceId, step.spanId)) ?? []);
      history = history && call.output && [...history, ...call.output, ...results];
    }
  }
  return calls;
}

const byStart = (a: Span, b: Span): number =>
  (asNumber(a.attributes[STEP_INDEX]) ?? 0) - (asNumber(b.attributes[STEP_INDEX]) ?? 0) || (a.start ?? 0) - (b.start ?? 0);

/**
 * Mastra merges several answers of an earlier loop into one message: which calls were one batch is only known of those
 * whose steps are here. The others are left as what they tell, notes.
 */
function known(messages: Message[] | undefined, issued: ReadonlySet<string>): Message[] | undefined {
  return messages?.map(({ role, parts }): Message => ({
    role,
    parts: parts.flatMap((part): Part[] => {
      if (part.type !== 'tool_call' && part.type !== 'tool_result') return [part];
      if (part.server === true || (part.id !== undefined && issued.has(part.id))) return [part];
      return part.type === 'tool_call' || part.content === undefined ? [] : [{ type: 'text', text: textOf(part.content) }];
    }),
  }));
}

const textOf = (content: unknown): string => (typeof content === 'string' ? content : JSON.stringify(content));

const callsIn = (output: readonly Message[] | undefined): ToolCallPart[] =>
  (output ?? []).flatMap(({ parts }) => parts.filter((part) => part.type === 'tool_call'));

/** The loop goes on once every tool has answered: the next step is given what the tools of this one answered. */
function resultsOf(call: ModelCall, executions: readonly ToolExecution[]): Message[] {
  const left = [...executions];
  const parts = callsIn(call.output)
    .filter(({ server }) => server !== true)
    .map((part): ToolResultPart => {
      const at = left.findIndex((execution) =>
        execution.callId === undefined
          ? execution.name === part.name && isDeepStrictEqual(execution.arguments, part.arguments)
          : execution.callId === part.id,
      );
      const [execution] = at < 0 ? [] : left.splice(at, 1);
      return {
        type: 'tool_result',
        ...(part.id !== undefined && { id: part.id }),
        name: part.name,
        content: execution?.result ?? execution?.error,
        ...(execution?.error !== undefined && { error: true }),
      };
    });
  return parts.length === 0 ? [] : [{ role: 'tool', parts }];
}
