// The OpenAI Agents SDK's own trace export: what its exporters send, and in `.full.jsonl` what they are given.
import { appendFileSync } from 'node:fs';
import * as agents from '@openai/agents';
import OpenAI from 'openai';
import { converse } from '../../agents-sdk.mjs';

export async function record(conversation, settled) {
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
