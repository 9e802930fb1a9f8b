// A scripted server that speaks OpenAI's API over HTTP: chat completions and Responses, plain and streamed, embeddings,
// errors, rate limits, cut and malformed streams. The model is the only part of an agent that tests cannot run.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What the model answers. One of:
 * - `text`, `calls` ({id, name, arguments}), `refusal`, `reasoning`: an answer; `choices` of these for n > 1
 * - `status` (and `error`, `headers`): an HTTP error
 * With `usage`, `delayMs` before the answer, `chunkDelayMs` between chunks, `cutAfter` chunks the connection is cut,
 * `malformed` chunk in between, `strayChunks` without `choices` as compatible servers send them, `body` as raw text,
 * `model` where it is not the one asked for, `fields` that a response says besides, `inTurn` where a stream ends a call
 * before it begins the next.
 *
 * @typedef {object} Reply
 */

/**
 * @param {(request: { path: string, body: any, headers: object, count: number }) => Reply | Promise<Reply>} respond
 * @returns {Promise<{ url: string, requests: any[], close(): Promise<void> }>}
 */
export async function startOpenAIServer(respond, { port = 0 } = {}) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const path = new URL(request.url, 'http://localhost').pathname.replace(/^\/v1/u, '').replace(/^\/openai\/deployments\/[^/]+/u, '');
    const body = text === '' ? {} : JSON.parse(text);
    requests.push({ path, body, headers: request.headers });
    const reply = await respond({ path, body, headers: request.headers, count: requests.length });
    if (reply.delayMs !== undefined) await sleep(reply.delayMs);
    try {
      await send(response, path, body, reply, requests.length);
    } catch {
      response.destroy();
    }
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function send(response, path, body, reply, count) {
  const headers = { 'x-request-id': `req_${count}`, ...reply.headers };
  if (reply.status !== undefined && reply.status >= 400) {
    response.writeHead(reply.status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: reply.error ?? { message: `scripted ${reply.status}`, type: 'scripted', code: null } }));
    return;
  }
  const model = reply.model ?? body.model ?? 'scripted';
  const id = reply.id ?? `resp_${count}`;
  if (reply.body !== undefined || !body.stream || path === '/embeddings') {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(
      reply.body ??
        JSON.stringify(
          path === '/embeddings' ? embedding(body) : path === '/responses' ? wholeResponse(id, model, reply) : wholeChat(id, model, reply),
        ),
    );
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  const events =
    path === '/responses' ? responseEvents(id, model, reply) : chatChunks(id, model, reply, body.stream_options?.include_usage);
  let sent = 0;
  for (const event of events) {
    if (reply.cutAfter !== undefined && sent >= reply.cutAfter) {
      response.destroy();
      return;
    }
    if (reply.malformed === true && sent === 1) response.write('data: {"id": "broken\n\n');
    if (reply.strayChunks === true && sent % 2 === 0) response.write('data: {"object":"keep.alive"}\n\n');
    response.write(`${event.type === undefined ? '' : `event: ${event.type}\n`}data: ${JSON.stringify(event)}\n\n`);
    sent++;
    if (reply.chunkDelayMs !== undefined) await sleep(reply.chunkDelayMs);
  }
  response.end(path === '/responses' ? undefined : 'data: [DONE]\n\n');
}

const choicesOf = (reply) => reply.choices ?? [reply];
const toolCall = ({ id, name, arguments: args }) => ({
  id,
  type: 'function',
  function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}) },
});
const finish = (choice) => choice.finishReason ?? (choice.calls?.length > 0 ? 'tool_calls' : 'stop');
const usageOf = ({ usage = {} }) => ({
  prompt_tokens: usage.input ?? 11,
  completion_tokens: usage.output ?? 7,
  total_tokens: (usage.input ?? 11) + (usage.output ?? 7),
  prompt_tokens_details: { cached_tokens: usage.cached ?? 0 },
  completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
});

function wholeChat(id, model, reply) {
  return {
    id,
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: choicesOf(reply).map((choice, index) => ({
      index,
      logprobs: null,
      finish_reason: finish(choice),
      message: {
        role: 'assistant',
        content: choice.text ?? null,
        refusal: choice.refusal ?? null,
        ...(choice.calls?.length > 0 && { tool_calls: choice.calls.map(toolCall) }),
      },
    })),
    usage: usageOf(reply),
  };
}

/** Texts and arguments in pieces. */
function* chatChunks(id, model, reply, withUsage) {
  const chunk = (choices, more = {}) => ({ id, object: 'chat.completion.chunk', created: 1_700_000_000, model, choices, ...more });
  const delta = (index, content) => chunk([{ index, delta: content, finish_reason: null }]);
  for (const [index, choice] of choicesOf(reply).entries()) {
    yield delta(index, { role: 'assistant', content: choice.text === undefined ? null : '' });
    for (const piece of pieces(choice.text)) yield delta(index, { content: piece });
    for (const piece of pieces(choice.refusal)) yield delta(index, { refusal: piece });
    for (const calls of callDeltas((choice.calls ?? []).map(toolCall), reply.inTurn)) yield delta(index, { tool_calls: calls });
    yield chunk([{ index, delta: {}, finish_reason: finish(choice) }]);
  }
  if (withUsage) yield chunk([], { usage: usageOf(reply) });
}

/** The calls of a batch in pieces, interleaved unless one is to come after the other. */
function* callDeltas(calls, inTurn = false) {
  const begun = calls.map(({ id, function: { name } }, index) => [{ index, id, type: 'function', function: { name, arguments: '' } }]);
  const parts = calls.map((call, index) =>
    [...pieces(call.function.arguments)].map((piece) => [{ index, function: { arguments: piece } }]),
  );
  if (inTurn) {
    for (const [i, first] of begun.entries()) yield* [first, ...parts[i]];
    return;
  }
  yield* begun;
  for (let k = 0; parts.some((list) => k < list.length); k++) yield* parts.flatMap((list) => list.slice(k, k + 1));
}

function* pieces(text) {
  for (let i = 0; i < (text?.length ?? 0); i += 9) yield text.slice(i, i + 9);
}

function itemsOf(id, reply) {
  const items = [];
  if (reply.reasoning !== undefined)
    items.push({ id: `rs_${id}`, type: 'reasoning', summary: [{ type: 'summary_text', text: reply.reasoning }] });
  if (reply.text !== undefined || reply.refusal !== undefined) {
    const content =
      reply.text === undefined ? { type: 'refusal', refusal: reply.refusal } : { type: 'output_text', text: reply.text, annotations: [] };
    items.push({ id: `msg_${id}`, type: 'message', role: 'assistant', status: 'completed', content: [content] });
  }
  for (const [i, call] of (reply.calls ?? []).entries()) {
    const made = toolCall(call);
    items.push({
      id: `fc_${id}_${i}`,
      type: 'function_call',
      status: 'completed',
      call_id: call.id,
      name: call.name,
      arguments: made.function.arguments,
    });
  }
  return items;
}

function wholeResponse(id, model, reply, output = itemsOf(id, reply), status = reply.responseStatus ?? 'completed') {
  const usage = usageOf(reply);
  return {
    id,
    object: 'response',
    created_at: 1_700_000_000,
    model,
    status,
    output,
    error: reply.responseError ?? null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    parallel_tool_calls: true,
    tools: [],
    ...reply.fields,
    usage:
      status === 'in_progress'
        ? null
        : {
            input_tokens: usage.prompt_tokens,
            output_tokens: usage.completion_tokens,
            total_tokens: usage.total_tokens,
            input_tokens_details: usage.prompt_tokens_details,
            output_tokens_details: usage.completion_tokens_details,
          },
  };
}

function* responseEvents(id, model, reply) {
  let sequence = 0;
  const event = (type, more) => ({ type, sequence_number: sequence++, ...more });
  yield event('response.created', { response: wholeResponse(id, model, reply, [], 'in_progress') });
  const items = itemsOf(id, reply);
  for (const [index, item] of items.entries()) {
    const at = { output_index: index, item_id: item.id };
    yield event('response.output_item.added', { output_index: index, item: blank(item) });
    if (item.type === 'message') {
      const [part] = item.content;
      yield event('response.content_part.added', {
        ...at,
        content_index: 0,
        part: part.type === 'refusal' ? { ...part, refusal: '' } : { ...part, text: '' },
      });
      const name = part.type === 'refusal' ? 'refusal' : 'output_text';
      for (const piece of pieces(part.text ?? part.refusal))
        yield event(`response.${name}.delta`, { ...at, content_index: 0, delta: piece });
      yield event(`response.${name}.done`, { ...at, content_index: 0, text: part.text, refusal: part.refusal });
      yield event('response.content_part.done', { ...at, content_index: 0, part });
    }
    if (item.type === 'function_call') {
      for (const piece of pieces(item.arguments)) yield event('response.function_call_arguments.delta', { ...at, delta: piece });
      yield event('response.function_call_arguments.done', { ...at, name: item.name, arguments: item.arguments });
    }
    yield event('response.output_item.done', { output_index: index, item });
  }
  const whole = wholeResponse(id, model, reply, items);
  yield event(`response.${whole.status}`, { response: whole });
}

const blank = (item) =>
  item.type === 'message'
    ? { ...item, status: 'in_progress', content: [] }
    : item.type === 'function_call'
      ? { ...item, arguments: '' }
      : item;

function embedding(body) {
  const inputs = Array.isArray(body.input) ? body.input : [body.input];
  const vector = new Float32Array([0.25, -0.5, 1]);
  return {
    object: 'list',
    model: body.model,
    data: inputs.map((_, index) => ({
      object: 'embedding',
      index,
      embedding: body.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector],
    })),
    usage: { prompt_tokens: 5, total_tokens: 5 },
  };
}
