// OpenLLMetry's SDK for the `openai` client.
import { JsonTraceSerializer as serializer } from '@opentelemetry/otlp-transformer';
import * as traceloop from '@traceloop/node-server-sdk';
import OpenAI from 'openai';
import { recordTraceloop } from '../../traceloop.mjs';

export const record = (conversation, settled) => recordTraceloop({ traceloop, OpenAI, serializer }, conversation, settled);
