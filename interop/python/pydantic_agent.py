"""The agent of those who use Pydantic AI: its own loop, its own tool execution."""

import asyncio

from openai import AsyncOpenAI
from pydantic_ai import Agent, ModelRetry, Tool
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

from recording import ToolError, call_tool, settled, start_tracing, told


def record(**format):
    provider = start_tracing()
    Agent.instrument_all(InstrumentationSettings(tracer_provider=provider, **format))
    client = AsyncOpenAI(base_url=told['url'], api_key=told['apiKey'], max_retries=0)
    Model = OpenAIResponsesModel if told['responses'] else OpenAIChatModel
    agent = Agent(
        Model(told['model'], provider=OpenAIProvider(openai_client=client)),
        name='redelivery_desk',
        instructions=told['system'],
        model_settings={'temperature': 0.2, 'parallel_tool_calls': True},
        tools=[tool(**each) for each in told['tools']],
    )
    settled(lambda: asyncio.run(converse(agent)))
    provider.shutdown()


def tool(name, description, parameters):
    async def run(**arguments):
        try:
            return await asyncio.to_thread(call_tool, name, arguments)
        except ToolError as failure:
            raise ModelRetry(str(failure)) from None

    return Tool.from_schema(run, name, description, parameters)


async def converse(agent):
    history = []
    for user in told['users']:
        if told['stream']:
            async with agent.run_stream(user, message_history=history) as answer:
                await answer.get_output()
        else:
            answer = await agent.run(user, message_history=history)
        history = answer.all_messages()
