import type { Message } from '../model/message.ts';
import type { Transcript } from '../model/observation.ts';
import { asString, isObject, type Json } from './json.ts';
import { labelsIn } from './labels.ts';
import type { Place } from './span.ts';
import { readToolDefinitions } from './tool-definitions.ts';

/** What a dialect has read of a conversation that is one document. */
interface Read {
  dialect: string;
  messages: Message[];
  tools: unknown;
  id: string | undefined;
}

/** A whole conversation, with the model and the labels that its document names. Throws where it holds no message. */
export function transcriptOf(object: Json, { dialect, messages, tools, id }: Read, place: Place): Transcript {
  if (messages.length === 0) throw new Error('the conversation holds no message with a role this reader knows');
  const model = asString(object['model']);
  const definitions = readToolDefinitions(tools);
  const labels = labelsIn(object) ?? labelsIn(isObject(object['metadata']) ? object['metadata'] : {});
  return {
    kind: 'transcript',
    dialect,
    origin: labels === undefined ? place : { ...place, labels },
    messages,
    ...(definitions.length > 0 && { tools: definitions }),
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
  };
}
