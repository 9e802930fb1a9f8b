// The agent of those who use the OpenAI Agents SDK: its own runner, its own tool execution, its own traces.
import { appendFileSync } from 'node:fs';

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

/** The SDK's own trace export: what its exporters send, and in `.full.jsonl` what they are given. */
export async function recordTraces({ agents, OpenAI }, conversation, settled) {
  const { file } = conversation;
  const write = (name, lines) => appendFileSync(name, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const processor = new agents.BatchTraceProcessor({
    export: async (items) => {
      write(
        file,
        items.map((item) => item.toJSON()),
      );
      write(
        file.replace(/\.jsonl$/u, '.full.jsonl'),
        items.map((item) => ({ ...item.toJSON(), ...(item.spanData && { span_data: item.spanData }) })),
      );
    },
  });
  agents.setTraceProcessors([processor]);
  await settled(converse({ agents, OpenAI }, conversation));
  await processor.shutdown();
}
