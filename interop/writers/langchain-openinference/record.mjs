// OpenInference for LangChain and LangGraph.
import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as callbackManager from '@langchain/core/callbacks/manager';
import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { ChatOpenAI } from '@langchain/openai';
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace-node';
import { createAgent, tool } from 'langchain';
import { converse } from '../../langchain-agent.mjs';
import { startTracing } from '../../tracing.mjs';

export async function record(conversation, settled) {
  const provider = startTracing({ sdk, resources, serializer }, conversation);
  new LangChainInstrumentation({ tracerProvider: provider }).manuallyInstrument(callbackManager);
  await settled(converse({ ChatOpenAI, createReactAgent, createAgent, tool }, conversation));
  await provider.shutdown();
}
