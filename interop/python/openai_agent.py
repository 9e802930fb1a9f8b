"""The agent of those who call the `openai` client themselves: a loop of requests and tool calls."""

import json
from concurrent.futures import ThreadPoolExecutor

from recording import ToolError, call_tool, told


def converse(client):
    speak = respond if told['responses'] else chat
    history = [] if told['responses'] else [{'role': 'system', 'content': told['system']}]
    for user in told['users']:
        history.append({'role': 'user', 'content': user})
        while calls := speak(client, history):
            with ThreadPoolExecutor() as pool:
                for (id, _, _), content in zip(calls, pool.map(result, calls)):
                    history.append(
                        {'type': 'function_call_output', 'call_id': id, 'output': content}
                        if told['responses']
                        else {'role': 'tool', 'tool_call_id': id, 'content': content}
                    )


def result(call):
    _, name, arguments = call
    try:
        return json.dumps(call_tool(name, json.loads(arguments)))
    except ToolError as failure:
        return json.dumps({'error': str(failure)})


def chat(client, history):
    request = {
        'model': told['model'],
        'temperature': 0.2,
        'messages': list(history),
        'tools': [{'type': 'function', 'function': tool} for tool in told['tools']],
        'parallel_tool_calls': True,
    }
    if told['stream']:
        chunks = client.chat.completions.create(**request, stream=True, stream_options={'include_usage': True})
        message = collected(chunks)
    else:
        message = client.chat.completions.create(**request).choices[0].message.model_dump(exclude_none=True)
    history.append(message)
    return [(call['id'], call['function']['name'], call['function']['arguments']) for call in message.get('tool_calls', [])]


def collected(chunks):
    text, calls = '', []
    for chunk in chunks:
        if not chunk.choices:
            continue
        delta = chunk.choices[0].delta
        text += delta.content or ''
        for piece in delta.tool_calls or []:
            while len(calls) <= piece.index:
                calls.append({'id': piece.id, 'type': 'function', 'function': {'name': piece.function.name, 'arguments': ''}})
            calls[piece.index]['function']['arguments'] += piece.function.arguments or ''
    return {'role': 'assistant', 'content': text or None, **({'tool_calls': calls} if calls else {})}


def respond(client, history):
    response = client.responses.create(
        model=told['model'],
        temperature=0.2,
        instructions=told['system'],
        input=list(history),
        tools=[{'type': 'function', 'strict': True, **tool} for tool in told['tools']],
        parallel_tool_calls=True,
        stream=told['stream'],
    )
    if told['stream']:
        response = [event.response for event in response if event.type == 'response.completed'][0]
    history.extend(item.model_dump(exclude_none=True) for item in response.output)
    return [(item.call_id, item.name, item.arguments) for item in response.output if item.type == 'function_call']
