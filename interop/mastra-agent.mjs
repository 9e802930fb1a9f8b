// The agent of those who use Mastra: its own loop, its own tool execution; what it writes is up to the exporter.
import { fileExporter } from './exporters.mjs';

/**
 * @param {object} packages the writer's own: `Mastra`, `Agent`, `createTool`, `Observability`, `createOpenAI`, and `z` of `zod`
 * @param {import('./conversation.mjs').Conversation} conversation
 * @param {object} exporter of Mastra's observability
 */
export async function startMastra({ Mastra, Agent, createTool, Observability, createOpenAI, z }, conversation, exporter) {
  const { url, apiKey, model, responses, stream, system, users, tools } = conversation;
  const openai = createOpenAI({ baseURL: url, apiKey });
  const agent = new Agent({
    id: 'redelivery-desk',
    name: 'redelivery-desk',
    instructions: system,
    model: responses ? openai.responses(model) : openai.chat(model),
    tools: Object.fromEntries(
      tools.map(({ name, description, parameters, run }) => [
        name,
        createTool({ id: name, description, inputSchema: z.fromJSONSchema(parameters), execute: run }),
      ]),
    ),
  });
  const observability = new Observability({ configs: { default: { serviceName: 'redelivery-desk', exporters: [exporter] } } });
  const mastra = new Mastra({ agents: { agent }, logger: false, observability });
  const options = { maxSteps: 8, modelSettings: { temperature: 0.2, maxRetries: 0 } };
  const messages = [];

  return {
    async converse() {
      for (const user of users) {
        messages.push({ role: 'user', content: user });
        const answer = await (stream ? streamed(agent, messages, options) : agent.generate(messages, options));
        messages.push(...answer.response.messages);
      }
    },
    /** Writes what is left. */
    stop: () => mastra.shutdown(),
  };
}

/** Records what Mastra's OpenTelemetry exporter sends. */
export async function recordMastraSpans({ OtelExporter, JsonTraceSerializer, ...packages }, conversation, settled) {
  const exporter = new OtelExporter({
    provider: { custom: { endpoint: conversation.url } },
    exporter: fileExporter(JsonTraceSerializer, conversation.file),
    signals: { logs: false },
  });
  const mastra = await startMastra(packages, conversation, exporter);
  await settled(mastra.converse());
  await mastra.stop();
}

async function streamed(agent, messages, options) {
  const result = await agent.stream(messages, options);
  await result.consumeStream();
  return { response: await result.response };
}
