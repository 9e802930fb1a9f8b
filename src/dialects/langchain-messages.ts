import { asArray, asString, isObject, type Json } from './json.ts';

/**
 * Messages of LangChain as they are serialized, `{lc, type: 'constructor', id: […, 'AIMessage'], kwargs}`, or alive,
 * which serialize themselves: https://js.langchain.com/docs/concepts/messages. They are read as chat messages.
 */
export function chatMessageOf(value: unknown): Json | undefined {
  const message = isObject(value) && isSerializable(value) ? value.toJSON() : value;
  if (!isObject(message)) return undefined;
  const { kwargs } = message;
  if (!isObject(kwargs)) return message;
  const role = ROLES.find(([, name]) => name.test(asString(asArray(message['id']).at(-1)) ?? ''))?.[0];
  if (role === undefined) return undefined;
  const { content, name } = kwargs;
  if (role === 'assistant') return { role, content, tool_calls: toolCallsOf(kwargs) };
  if (role !== 'tool') return { role, content };
  return { role, name, content, tool_call_id: kwargs['tool_call_id'], is_error: kwargs['status'] === 'error' };
}

const isSerializable = (value: Json): value is Json & { toJSON: () => unknown } =>
  typeof value['toJSON'] === 'function' && value['lc_serializable'] === true;

const ROLES = [
  ['user', /^HumanMessage/u],
  ['assistant', /^AIMessage/u],
  ['system', /^SystemMessage/u],
  ['tool', /^(?:Tool|Function)Message/u],
] as const;

function toolCallsOf(kwargs: Json): unknown[] {
  // What is no valid call was made all the same, and is answered like any other.
  const calls = [...asArray(kwargs['tool_calls']), ...asArray(kwargs['invalid_tool_calls'])].filter(isObject);
  if (calls.length > 0) return calls.map(({ id, name, args }) => ({ id, function: { name, arguments: args } }));
  const raw = kwargs['additional_kwargs'];
  return isObject(raw) ? asArray(raw['tool_calls']) : [];
}
