// Replays conversations as an instrumented agent would have had them: the real client over HTTP, the model's part
// scripted. Returns the spans as the Collector's file exporter writes them.
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai6';
import { instrumentOpenAI, withRun, withToolCall } from '../../dist/instrumentation/index.js';
import { checkMessages } from './message-schemas.mjs';
import { startOpenAIServer } from './openai-server.mjs';

/**
 * @param {{ id: string, messages: any[], tools?: any[] }[]} conversations in the form of chat completions
 * @param {object} options of the instrumentation; the key of fingerprints included
 * @returns {Promise<string>} OTLP JSON Lines, a conversation a line
 */
export async function replay(conversations, options) {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  let next;
  const server = await startOpenAIServer(() => next);
  const telemetry = { ...options, tracerProvider };
  const client = instrumentOpenAI(new OpenAI({ apiKey: 'k', baseURL: server.url, maxRetries: 0 }), telemetry);
  const lines = [];
  for (const { id, messages, tools } of conversations) {
    await withRun({ name: 'replay', conversationId: id }, () => converse(client, messages, tools, (reply) => (next = reply)));
    const [violation] = exporter.getFinishedSpans().flatMap(({ attributes }) => checkMessages(attributes).violations);
    if (violation !== undefined) throw new Error(violation);
    lines.push(new TextDecoder().decode(JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans())));
    exporter.reset();
  }
  await server.close();
  return `${lines.join('\n')}\n`;
}

async function converse(client, messages, tools, script) {
  const history = [];
  for (const [i, message] of messages.entries()) {
    if (message.role !== 'assistant') {
      if (message.role !== 'tool') history.push(message);
      continue;
    }
    script({
      ...(typeof message.content === 'string' && { text: message.content }),
      calls: (message.tool_calls ?? []).map((call) => ({ id: call.id, name: call.function.name, arguments: call.function.arguments })),
    });
    const response = await client.chat.completions.create({ model: 'scripted', messages: history, ...(tools?.length > 0 && { tools }) });
    history.push(response.choices[0].message);
    const answers = [];
    for (let k = i + 1; messages[k]?.role === 'tool'; k++) answers.push(messages[k]);
    const results = await Promise.all(
      (message.tool_calls ?? []).map((call) => {
        const answer = answers.find((candidate) => candidate.tool_call_id === call.id);
        return answer === undefined ? undefined : withToolCall(call, async () => answer);
      }),
    );
    for (const result of results) if (result !== undefined) history.push(result);
  }
}

/** Conversations of spans of the GenAI conventions: of each run the last model call, which holds all of it. */
export function conversationsOf(otlpLines) {
  const last = new Map();
  for (const line of otlpLines.trim().split('\n')) {
    for (const span of JSON.parse(line).resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans))) {
      const get = (key) => span.attributes.find((attribute) => attribute.key === key)?.value.stringValue;
      if (get('gen_ai.operation.name') !== 'chat') continue;
      const messages = [...JSON.parse(get('gen_ai.input.messages')), ...JSON.parse(get('gen_ai.output.messages'))];
      if ((last.get(span.traceId)?.messages.length ?? 0) < messages.length) last.set(span.traceId, { id: span.traceId, messages });
    }
  }
  return [...last.values()].map(({ id, messages }) => ({ id, messages: messages.flatMap(toChat) }));
}

function toChat({ role, parts }) {
  if (role === 'tool') return parts.map((part) => ({ role, tool_call_id: part.id, content: text(part.response) }));
  const calls = parts.filter((part) => part.type === 'tool_call');
  return {
    role,
    content:
      parts
        .filter((part) => part.type === 'text')
        .map((part) => part.content)
        .join('\n') || null,
    ...(calls.length > 0 && {
      tool_calls: calls.map((call) => ({ id: call.id, type: 'function', function: { name: call.name, arguments: text(call.arguments) } })),
    }),
  };
}

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
