// Spans of a small agent run, made by hand: for tests that need many thousands of runs.
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';

const json = JSON.stringify;
const text = (role, content) => ({ role, parts: [{ type: 'text', content }] });

/**
 * Five spans; every third run has a wasted call. `work` is awaited where a tool would run.
 *
 * @param {object} tracer
 * @param {number} n number of the run, on every span as `run`
 * @param {{ neverEnds?: boolean, work?: () => Promise<void> }} options
 */
export async function syntheticRun(tracer, n, { neverEnds = false, work } = {}) {
  const root = tracer.startSpan(
    'invoke_agent a',
    { attributes: { 'gen_ai.operation.name': 'invoke_agent', run: n, part: 0 } },
    ROOT_CONTEXT,
  );
  const within = trace.setSpan(ROOT_CONTEXT, root);
  const span = (part, name, operation, attributes) =>
    tracer.startSpan(
      name,
      { attributes: { 'gen_ai.operation.name': operation, 'gen_ai.request.model': 'm', run: n, part, ...attributes } },
      within,
    );
  const calls = [
    { type: 'tool_call', id: `a${n}`, name: 'look_up', arguments: { key: `alpha-${n}` } },
    { type: 'tool_call', id: `b${n}`, name: 'price_of', arguments: { item: `item-${n}` } },
  ];
  const results = [{ colour: `teal-${n}` }, { price: 10 + (n % 90) + 0.35 }];
  const asked = { role: 'assistant', parts: calls };
  const question = text('user', `What colour is it, and what does it cost? (${n})`);
  span(1, 'chat m', 'chat', {
    'gen_ai.input.messages': json([question]),
    'gen_ai.output.messages': json([{ ...asked, finish_reason: 'tool_call' }]),
    'gen_ai.response.finish_reasons': ['tool_call'],
  }).end();
  for (const [i, { id, name, arguments: args }] of calls.entries()) {
    const tool = span(2 + i, `execute_tool ${name}`, 'execute_tool', {
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.id': id,
      'gen_ai.tool.call.arguments': json(args),
      'gen_ai.tool.call.result': json(results[i]),
    });
    if (work !== undefined) await work();
    tool.end();
  }
  if (neverEnds) return;
  const answers = calls.map(({ id }, i) => ({ role: 'tool', parts: [{ type: 'tool_call_response', id, response: json(results[i]) }] }));
  const answer = n % 3 === 0 ? `It costs ${results[1].price}.` : `It is teal-${n} and costs ${results[1].price}.`;
  span(4, 'chat m', 'chat', {
    'gen_ai.input.messages': json([question, asked, ...answers]),
    'gen_ai.output.messages': json([{ ...text('assistant', answer), finish_reason: 'stop' }]),
    'gen_ai.response.finish_reasons': ['stop'],
  }).end();
  root.end();
}

export const SPANS_A_RUN = 5;
