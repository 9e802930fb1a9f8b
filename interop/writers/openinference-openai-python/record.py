"""OpenInference's instrumentation of the `openai` client for Python."""

from openai import OpenAI
from openinference.instrumentation.openai import OpenAIInstrumentor

from openai_agent import converse
from recording import settled, start_tracing, told

provider = start_tracing()
OpenAIInstrumentor().instrument(tracer_provider=provider)
client = OpenAI(base_url=told['url'], api_key=told['apiKey'], max_retries=0)
settled(lambda: converse(client))
provider.shutdown()
