// The agent of those who use the Vercel AI SDK: its own loop, its own tool execution.

/**
 * @param {object} packages the writer's own: `ai`, and `createOpenAI` of `@ai-sdk/openai`
 * @param {import('./conversation.mjs').Conversation} conversation
 * @param {object} telemetry what `generateText` and `streamText` are told of telemetry
 */
export async function converse({ ai, createOpenAI }, { url, apiKey, model, responses, stream, system, users, tools }, telemetry) {
  const openai = createOpenAI({ baseURL: url, apiKey, compatibility: 'strict' });
  const messages = [];
  // Up to version 4 a tool had `parameters`, and there was a number of steps.
  const toolOf = ({ description, parameters, run }) => {
    const schema = ai.jsonSchema(parameters);
    return ai.tool({ description, inputSchema: schema, parameters: schema, execute: run });
  };
  const request = {
    model: responses ? openai.responses(model) : openai.chat(model),
    system,
    temperature: 0.2,
    tools: Object.fromEntries(tools.map((tool) => [tool.name, toolOf(tool)])),
    ...(ai.stepCountIs ? { stopWhen: ai.stepCountIs(8) } : { maxSteps: 8 }),
    maxRetries: 0,
    ...telemetry,
  };
  for (const user of users) {
    messages.push({ role: 'user', content: user });
    const result = await (stream ? streamed(ai, { ...request, messages }) : ai.generateText({ ...request, messages }));
    // Since version 7 the response is that of the last step alone.
    messages.push(...((await result.responseMessages) ?? (await result.response).messages));
  }
}

async function streamed(ai, request) {
  const result = ai.streamText(request);
  await result.consumeStream({
    onError: (error) => {
      throw error;
    },
  });
  return result;
}
