// The agent of those who use LangChain: LangGraph's prebuilt agent, or LangChain's own.

/**
 * @param {object} packages the writer's own: `ChatOpenAI`, `createReactAgent` of LangGraph, `createAgent` and `tool` of LangChain
 * @param {import('./conversation.mjs').Conversation} conversation
 * @param {object[]} callbacks of the writer
 */
export async function converse({ ChatOpenAI, createReactAgent, createAgent, tool }, conversation, callbacks = []) {
  const { url, apiKey, model, responses, stream, system, users } = conversation;
  const llm = new ChatOpenAI({
    model,
    apiKey,
    temperature: 0.2,
    maxRetries: 0,
    useResponsesApi: responses,
    streamUsage: true,
    configuration: { baseURL: url },
  });
  const tools = conversation.tools.map(({ name, description, parameters, run }) =>
    tool(async (args) => JSON.stringify(await run(args)), { name, description, schema: parameters }),
  );
  const named = { name: 'redelivery_desk', tools };
  const agent = conversation.createAgent
    ? createAgent({ ...named, model: llm, systemPrompt: system })
    : createReactAgent({ ...named, llm, prompt: system });
  let messages = [];
  const options = { callbacks, metadata: { thread_id: 'desk-7041' } };
  for (const user of users) {
    const input = { messages: [...messages, { role: 'user', content: user }] };
    ({ messages } = stream ? await streamed(agent, input, options) : await agent.invoke(input, options));
  }
}

/** The model streams because its messages are watched; told to stream it fetches word lists to guess how many tokens it took. */
async function streamed(agent, input, options) {
  let state;
  for await (const [mode, chunk] of await agent.stream(input, { ...options, streamMode: ['messages', 'values'] }))
    if (mode === 'values') state = chunk;
  return state;
}
