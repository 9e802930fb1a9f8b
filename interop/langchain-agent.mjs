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
    streaming: stream,
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
  for (const user of users) {
    const state = await agent.invoke(
      { messages: [...messages, { role: 'user', content: user }] },
      { callbacks, metadata: { thread_id: 'desk-7041' } },
    );
    ({ messages } = state);
  }
}
