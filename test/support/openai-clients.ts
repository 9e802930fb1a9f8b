/** The real client, each major that is supported. */
export const MAJORS = [4, 5, 6, 7] as const;
export type Major = (typeof MAJORS)[number];

/** What tests use of it; the majors' own types differ in what does not matter here. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Client = any;

export interface OpenAIModule {
  default: new (options: Record<string, unknown>) => Client;
  AzureOpenAI: new (options: Record<string, unknown>) => Client;
}

export async function openai(major: Major): Promise<OpenAIModule> {
  switch (major) {
    case 4:
      return (await import('openai4')) as unknown as OpenAIModule;
    case 5:
      return (await import('openai5')) as unknown as OpenAIModule;
    case 6:
      return (await import('openai6')) as unknown as OpenAIModule;
    case 7:
      return (await import('openai7')) as unknown as OpenAIModule;
  }
}

/** Helpers of version 4 live under `beta`. */
export const helpers = (client: Client, major: Major): Client => (major === 4 ? client.beta.chat.completions : client.chat.completions);
