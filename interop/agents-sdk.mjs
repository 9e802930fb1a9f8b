// The agent of those who use the OpenAI Agents SDK: its own runner, its own tool execution.

/**
 * @param {object} packages the writer's own: `agents` is `@openai/agents`, `OpenAI` the client
 * @param {import('./conversation.mjs').Conversation} conversation
 */
export async function converse({ agents, OpenAI }, { url, apiKey, model, responses, stream, system, users, tools }) {
  const openAIClient = new OpenAI({ baseURL: url, apiKey, maxRetries: 0 });
  const agent = new agents.Agent({
    name: 'redelivery_desk',
    instructions: system,
    model,
    modelSettings: { temperature: 0.2 },
    tools: tools.map(({ name, description, parameters, run }) =>
      agents.tool({ name, description, parameters, strict: true, execute: run }),
    ),
  });
  const runner = new agents.Runner({
    modelProvider: new agents.OpenAIProvider({ openAIClient, useResponses: responses }),
    workflowName: 'parcel redelivery',
    groupId: 'desk-7041',
  });
  let history = [];
  for (const user of users) {
    const result = await runner.run(agent, [...history, { role: 'user', content: user }], { stream });
    if (stream) await result.completed;
    ({ history } = result);
  }
}
