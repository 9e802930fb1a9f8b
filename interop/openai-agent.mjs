// The agent of those who call the `openai` client themselves: a loop of requests and tool calls.

/**
 * @param {import('openai').default} client
 * @param {import('./conversation.mjs').Conversation} conversation
 * @param {{ run?: (answer: () => Promise<string>) => Promise<string>, tool?: (call: { id: string, name: string, arguments: object }, execute: (args: object) => Promise<object>) => Promise<object> }} around
 *   what makes the spans of a run and of a tool call, where the app has to
 */
export async function converse(
  client,
  conversation,
  { run = (answer) => answer(), tool = (call, execute) => execute(call.arguments) } = {},
) {
  const speak = (conversation.responses ? responses : chat)(client, conversation);
  for (const user of conversation.users) {
    await run(async () => {
      let said = await speak({ user });
      while (said.calls.length > 0) said = await speak({ results: await Promise.all(said.calls.map(answerTo)) });
      return said.text;
    });
  }

  async function answerTo(call) {
    const { run: execute } = conversation.tools.find(({ name }) => name === call.name);
    const result = await tool(call, execute).catch((error) => ({ error: error.message }));
    return { id: call.id, content: JSON.stringify(result) };
  }
}

function chat(client, { model, system, tools, stream }) {
  const messages = [{ role: 'system', content: system }];
  const body = {
    model,
    temperature: 0.2,
    tools: tools.map(({ name, description, parameters }) => ({ type: 'function', function: { name, description, parameters } })),
    parallel_tool_calls: true,
  };
  return async ({ user, results = [] }) => {
    if (user !== undefined) messages.push({ role: 'user', content: user });
    messages.push(...results.map(({ id, content }) => ({ role: 'tool', tool_call_id: id, content })));
    const request = { ...body, messages: [...messages] };
    const message = stream
      ? await collected(await client.chat.completions.create({ ...request, stream, stream_options: { include_usage: true } }))
      : (await client.chat.completions.create(request)).choices[0].message;
    messages.push(message);
    return { text: message.content ?? '', calls: (message.tool_calls ?? []).map((call) => callOf(call.id, call.function)) };
  };
}

/** The message of a stream of chunks. */
async function collected(chunks) {
  const message = { role: 'assistant', content: null };
  for await (const { choices } of chunks) {
    const { content, tool_calls: parts = [] } = choices[0]?.delta ?? {};
    if (content) message.content = (message.content ?? '') + content;
    for (const { index, id, function: piece } of parts) {
      message.tool_calls ??= [];
      message.tool_calls[index] ??= { id, type: 'function', function: { name: piece.name, arguments: '' } };
      message.tool_calls[index].function.arguments += piece.arguments ?? '';
    }
  }
  return message;
}

function responses(client, { model, system, tools, stream, chained }) {
  const history = [];
  let last;
  const body = {
    model,
    instructions: system,
    temperature: 0.2,
    tools: tools.map(({ name, description, parameters }) => ({ type: 'function', name, description, parameters, strict: true })),
    parallel_tool_calls: true,
  };
  return async ({ user, results = [] }) => {
    const added = user === undefined ? [] : [{ role: 'user', content: user }];
    added.push(...results.map(({ id, content }) => ({ type: 'function_call_output', call_id: id, output: content })));
    history.push(...added);
    const request = { ...body, ...(chained && last ? { previous_response_id: last, input: added } : { input: [...history] }) };
    const response = stream
      ? await completed(await client.responses.create({ ...request, stream }))
      : await client.responses.create(request);
    last = response.id;
    history.push(...response.output);
    const text = response.output.flatMap(({ content = [] }) => content.map((part) => part.text ?? '')).join('');
    return { text, calls: response.output.filter(({ type }) => type === 'function_call').map((item) => callOf(item.call_id, item)) };
  };
}

async function completed(events) {
  let response;
  for await (const event of events) if (event.type === 'response.completed') ({ response } = event);
  return response;
}

const callOf = (id, { name, arguments: text }) => ({ id, name, arguments: JSON.parse(text) });
