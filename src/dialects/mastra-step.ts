import type { Message, Usage } from '../model/message.ts';
import type { ModelCall } from '../model/observation.ts';
import { FINISH_REASONS } from './finish-reasons.ts';
import { readModelCall } from './gen-ai-call.ts';
import { asString, objectOf, parseIfJson } from './json.ts';
import { readAnswer } from './mastra-content.ts';
import { isResponse, usageOf } from './openai-calls.ts';
import { originOf, type Span } from './span.ts';

const DIALECT = 'mastra';
/** What the provider answered, where that was one piece. */
const BODY = 'mastra.metadata.body';
const API = /\.(?:chat|responses|completion|messages)$/u;

/** Model and tokens are those of the inference; without one, the loop knows the model, and its tokens are sums. */
export function readStep(step: Span, inference: Span | undefined, loop: Span | undefined): ModelCall {
  const teller = inference ?? loop ?? step;
  const { input: _input, output: _output, usage, responseId, error, ...told } = readModelCall(teller, [], DIALECT);
  const own = inference === undefined ? readModelCall(step, [], DIALECT) : { usage, responseId, error };
  const tools = loop === undefined ? undefined : readModelCall(loop, [], DIALECT).tools;
  const answer = readAnswer(step, 'model_step') ?? (inference && readAnswer(inference, 'model_inference'));
  const failure = own.error ?? (hasFailed(answer, inference ?? step, inference === undefined ? loop : undefined) ? 'error' : undefined);
  const start = inference?.start ?? step.start;
  const provider = told.provider?.replace(API, '');
  const used = own.usage ?? usageInBody(step);
  return {
    ...told,
    origin: originOf(step),
    ...(start !== undefined && { start }),
    ...(step.end !== undefined && { end: step.end }),
    ...(provider !== undefined && { provider }),
    ...(tools !== undefined && { tools }),
    ...(used !== undefined && { usage: used }),
    ...(own.responseId !== undefined && { responseId: own.responseId }),
    ...(failure !== undefined && { error: failure }),
    ...(answer !== undefined && !(failure !== undefined && isEmpty(answer)) && { output: [answer] }),
  };
}

const isEmpty = ({ parts }: Message): boolean => parts.length === 0;

/**
 * A request that failed ends its spans as if all were well; only the reason why it ended tells. Where it stands on the
 * loop, it is that of the step which answered nothing.
 */
function hasFailed(answer: Message | undefined, own: Span, loop: Span | undefined): boolean {
  const isError = ({ attributes }: Span): boolean => {
    const reasons = parseIfJson(attributes[FINISH_REASONS]);
    return (Array.isArray(reasons) ? reasons : [reasons]).some((reason) => asString(reason) === 'error');
  };
  return isError(own) || (loop !== undefined && isError(loop) && answer !== undefined && isEmpty(answer));
}

function usageInBody({ attributes }: Span): Usage | undefined {
  const body = objectOf(attributes[BODY]);
  return isResponse(body) ? usageOf(body['usage']) : undefined;
}
