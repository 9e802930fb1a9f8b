/** Whom a client talks to, in the conventions' words. */
export interface Provider {
  name: string;
  address: string | undefined;
  port: number | undefined;
}

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

const known = new WeakMap<object, { baseURL: unknown; name: string | undefined; provider: Provider }>();

/** Whom a client talks to. A host that nobody knows is `openai_compatible`; its address tells which. */
export function providerOf(client: object, name: string | undefined): Provider {
  const { baseURL } = client as { baseURL?: unknown };
  const before = known.get(client);
  if (before !== undefined && before.baseURL === baseURL && before.name === name) return before.provider;
  const isAzure = client.constructor.name === 'AzureOpenAI';
  const provider = describe(String(baseURL ?? 'https://api.openai.com/v1'), isAzure, name);
  known.set(client, { baseURL, name, provider });
  return provider;
}

function describe(baseURL: string, isAzure: boolean, name: string | undefined): Provider {
  if (!URL.canParse(baseURL)) return { name: name ?? 'openai_compatible', address: undefined, port: undefined };
  const { hostname, port, protocol } = new URL(baseURL);
  const byHost = PROVIDERS.find(([host]) => host.test(hostname))?.[1];
  return {
    name: name ?? (isAzure ? 'azure.ai.openai' : (byHost ?? 'openai_compatible')),
    address: hostname,
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
  };
}
