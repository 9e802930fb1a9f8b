import type { Attributes } from '@opentelemetry/api';
import * as semconv from '../semconv.ts';

/**
 * Hosts that speak OpenAI's API, with the conventions' names for them:
 * https://github.com/open-telemetry/semantic-conventions-genai (gen_ai.provider.name).
 */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\.)openai\.com$/u, 'openai'],
  [/\.(?:openai\.azure|cognitiveservices\.azure|services\.ai\.azure)\.(?:com|us|cn)$/u, 'azure.ai.openai'],
  [/\.models\.ai\.azure\.com$/u, 'azure.ai.inference'],
  [/^generativelanguage\.googleapis\.com$/u, 'gcp.gemini'],
  [/aiplatform\.googleapis\.com$/u, 'gcp.vertex_ai'],
  [/bedrock[\w.-]*\.amazonaws\.com$/u, 'aws.bedrock'],
  [/(?:^|\.)anthropic\.com$/u, 'anthropic'],
  [/(?:^|\.)mistral\.ai$/u, 'mistral_ai'],
  [/(?:^|\.)groq\.com$/u, 'groq'],
  [/(?:^|\.)deepseek\.com$/u, 'deepseek'],
  [/(?:^|\.)x\.ai$/u, 'x_ai'],
  [/(?:^|\.)perplexity\.ai$/u, 'perplexity'],
  [/(?:^|\.)cohere\.(?:ai|com)$/u, 'cohere'],
  [/(?:^|\.)moonshot\.(?:ai|cn)$/u, 'moonshot_ai'],
  [/\.ml\.cloud\.ibm\.com$/u, 'ibm.watsonx.ai'],
];

const known = new Map<string, Attributes>();

/** Whom a client talks to. A host that nobody knows is `openai_compatible`; `server.address` tells which. */
export function providerAttributes(client: object, name: string | undefined): Attributes {
  const { baseURL } = client as { baseURL?: unknown };
  const isAzure = client.constructor.name === 'AzureOpenAI';
  const key = `${String(baseURL)} ${isAzure} ${name ?? ''}`;
  let attributes = known.get(key);
  if (attributes === undefined) {
    attributes = describe(String(baseURL ?? 'https://api.openai.com/v1'), isAzure, name);
    if (known.size < 1000) known.set(key, attributes);
  }
  return attributes;
}

function describe(baseURL: string, isAzure: boolean, name: string | undefined): Attributes {
  if (!URL.canParse(baseURL)) return { [semconv.PROVIDER_NAME]: name ?? 'openai_compatible' };
  const { hostname, port, protocol } = new URL(baseURL);
  const byHost = PROVIDERS.find(([host]) => host.test(hostname))?.[1];
  return {
    [semconv.PROVIDER_NAME]: name ?? (isAzure ? 'azure.ai.openai' : (byHost ?? 'openai_compatible')),
    [semconv.SERVER_ADDRESS]: hostname,
    [semconv.SERVER_PORT]: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
  };
}
