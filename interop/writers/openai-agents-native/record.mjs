// The OpenAI Agents SDK's own trace export.
import * as agents from '@openai/agents';
import OpenAI from 'openai';
import { recordTraces } from '../../agents-sdk.mjs';

export const record = (conversation, settled) => recordTraces({ agents, OpenAI }, conversation, settled);
