"""The `openai` client as Logfire instruments it."""

import logfire
from openai import OpenAI

from openai_agent import converse
from recording import processor, settled, told

logfire.configure(
    send_to_logfire=False,
    console=False,
    inspect_arguments=False,
    service_name='redelivery-desk',
    additional_span_processors=[processor()],
)
client = OpenAI(base_url=told['url'], api_key=told['apiKey'], max_retries=0)
logfire.instrument_openai(client)
settled(lambda: converse(client))
logfire.shutdown()
