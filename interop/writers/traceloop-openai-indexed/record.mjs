// OpenLLMetry's SDK before its messages were JSON: attributes such as `gen_ai.prompt.0.content`.
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as traceloop from '@traceloop/node-server-sdk';
import OpenAI from 'openai';
import { recordTraceloop } from '../../traceloop.mjs';

export const record = (conversation, settled) => recordTraceloop({ traceloop, OpenAI, serializer }, conversation, settled);
