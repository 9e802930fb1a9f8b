// Mastra, the events of its own tracing, one a line.
import { appendFileSync } from 'node:fs';
import { createOpenAI } from '@ai-sdk/openai';
import { Mastra } from '@mastra/core';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { BaseExporter, Observability } from '@mastra/observability';
import { z } from 'zod';
import { startMastra } from '../../mastra-agent.mjs';

class EventsToFile extends BaseExporter {
  name = 'events-to-file';
  file;

  constructor(file) {
    super();
    this.file = file;
  }

  async _exportTracingEvent(event) {
    appendFileSync(this.file, `${JSON.stringify(event)}\n`);
  }
}

export async function record(conversation, settled) {
  const exporter = new EventsToFile(conversation.file);
  const mastra = await startMastra({ Mastra, Agent, createTool, Observability, createOpenAI, z }, conversation, exporter);
  await settled(mastra.converse());
  await mastra.stop();
}
