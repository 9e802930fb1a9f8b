/** The booking agent's conversation: a booking issued beside the calendar look-up, with a guessed slot; and one done right. */
const ask = { role: 'user', content: 'Can I see Dr Okafor on Tuesday afternoon?' };
const call = (id: string, name: string, args: object): object => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});
const calls = (...tool_calls: object[]): object => ({ role: 'assistant', content: null, tool_calls });
const result = (id: string, content: object): object => ({ role: 'tool', tool_call_id: id, content: JSON.stringify(content) });

const CALENDAR = { slots: [{ slot_id: 'slot-8841', at: '15:00' }] };
const answer = { role: 'assistant', content: 'Done: Tuesday at 15:00 with Dr Okafor, confirmation BK-20931.' };

export const guessed: object[] = [
  ask,
  calls(call('call_1', 'get_calendar', { doctor: 'Okafor' }), call('call_2', 'book_appointment', { slot_id: 'slot-tue-pm' })),
  result('call_1', CALENDAR),
  result('call_2', { error: 'slot_not_found' }),
  calls(call('call_3', 'book_appointment', { slot_id: 'slot-8841' })),
  result('call_3', { confirmation: 'BK-20931' }),
  answer,
];

export const clean: object[] = [
  ask,
  calls(call('call_1', 'get_calendar', { doctor: 'Okafor' })),
  result('call_1', CALENDAR),
  calls(call('call_2', 'book_appointment', { slot_id: 'slot-8841' })),
  result('call_2', { confirmation: 'BK-20931' }),
  answer,
];

export const withoutTools: object[] = [ask, { role: 'assistant', content: 'Please call us.' }];

/** {@link guessed} as items of the Responses API. */
export const guessedItems: object[] = [
  ask,
  { type: 'function_call', call_id: 'call_1', name: 'get_calendar', arguments: '{"doctor":"Okafor"}' },
  { type: 'function_call', call_id: 'call_2', name: 'book_appointment', arguments: '{"slot_id":"slot-tue-pm"}' },
  { type: 'function_call_output', call_id: 'call_1', output: JSON.stringify(CALENDAR) },
  { type: 'function_call_output', call_id: 'call_2', output: '{"error":"slot_not_found"}' },
  { type: 'function_call', call_id: 'call_3', name: 'book_appointment', arguments: '{"slot_id":"slot-8841"}' },
  { type: 'function_call_output', call_id: 'call_3', output: '{"confirmation":"BK-20931"}' },
  { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: answer.content }] },
];

/** OTLP JSON of one model call and its tools, content recorded or not. */
export function otlp({ content }: { content: boolean }): object {
  const attribute = (key: string, value: string): object => ({ key, value: { stringValue: value } });
  const span = (spanId: string, name: string, attributes: object[], parent: object, from: number, to: number): object => ({
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId,
    ...parent,
    name,
    startTimeUnixNano: `${1_700_000_000_000 + from}000000`,
    endTimeUnixNano: `${1_700_000_000_000 + to}000000`,
    attributes,
  });
  const parent = { parentSpanId: 'aaaaaaaaaaaaaaa1' };
  const ids = ['get_calendar', 'book_appointment'];
  const asked = { role: 'user', parts: [{ type: 'text', content: ask.content }] };
  const issued = {
    role: 'assistant',
    parts: ids.map((name) => ({ type: 'tool_call', id: name, name, arguments: { slot_id: 'slot-tue-pm' } })),
  };
  const answers = { role: 'tool', parts: ids.map((id) => ({ type: 'tool_call_response', id, response: CALENDAR })) };
  const chat = (input: object[], output: object[]): object[] => [
    attribute('gen_ai.operation.name', 'chat'),
    attribute('gen_ai.request.model', 'gpt-5-mini'),
    ...(content
      ? [attribute('gen_ai.input.messages', JSON.stringify(input)), attribute('gen_ai.output.messages', JSON.stringify(output))]
      : []),
  ];
  const said = { role: 'assistant', parts: [{ type: 'text', content: answer.content }] };
  const tool = (name: string): object[] => [
    attribute('gen_ai.operation.name', 'execute_tool'),
    attribute('gen_ai.tool.name', name),
    attribute('gen_ai.tool.call.id', name),
  ];
  const spans = [
    span('aaaaaaaaaaaaaaa1', 'invoke_agent clinic', [attribute('gen_ai.operation.name', 'invoke_agent')], {}, 0, 900),
    span('aaaaaaaaaaaaaaa2', 'chat gpt-5-mini', chat([asked], [issued]), parent, 0, 300),
    span('aaaaaaaaaaaaaaa3', 'execute_tool get_calendar', tool('get_calendar'), parent, 310, 400),
    span('aaaaaaaaaaaaaaa4', 'execute_tool book_appointment', tool('book_appointment'), parent, 310, 500),
    span('aaaaaaaaaaaaaaa5', 'chat gpt-5-mini', chat([asked, issued, answers], [said]), parent, 520, 900),
  ];
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}
