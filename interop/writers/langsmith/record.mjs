// LangSmith's tracing of LangChain and LangGraph: the runs as its API gives them back, and in `.ops.jsonl` as they were sent.
import { appendFileSync } from 'node:fs';
import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { LangChainTracer } from '@langchain/core/tracers/tracer_langchain';
import { ChatOpenAI } from '@langchain/openai';
import { createAgent, tool } from 'langchain';
import { Client } from 'langsmith';
import { converse } from '../../langchain-agent.mjs';
import { startIngest } from './ingest.mjs';

export async function record(conversation, settled) {
  const ingest = await startIngest();
  const client = new Client({ apiUrl: ingest.url, apiKey: 'lsv2_scripted' });
  const tracer = new LangChainTracer({ client, projectName: 'redelivery' });
  await settled(converse({ ChatOpenAI, createReactAgent, createAgent, tool }, conversation, [tracer]));
  await client.awaitPendingTraceBatches();
  await ingest.close();
  const write = (file, lines) => appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  write(conversation.file, ingest.runs());
  write(conversation.file.replace(/\.jsonl$/u, '.ops.jsonl'), ingest.operations);
}
