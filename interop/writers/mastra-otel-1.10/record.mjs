// Mastra before its model calls had spans of their own: tokens are sums, tools have no call ids.
import { createOpenAI } from '@ai-sdk/openai';
import { Mastra } from '@mastra/core';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { OtelExporter } from '@mastra/otel-exporter';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { z } from 'zod';
import { recordMastraSpans } from '../../mastra-agent.mjs';

export const record = (conversation, settled) =>
  recordMastraSpans(
    { Mastra, Agent, createTool, Observability, OtelExporter, JsonTraceSerializer, createOpenAI, z },
    conversation,
    settled,
  );
