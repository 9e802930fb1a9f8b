// The scripted model: answers the n-th request of a conversation with its n-th turn, over OpenAI's API.
import { startOpenAIServer } from '../test/support/openai-server.mjs';
import { ANSWERING_MODEL, letters } from './scenarios.mjs';

const DELAY_MS = 40;
const CHUNK_DELAY_MS = 1;
/** What a response repeats of its request. */
const ECHOED = ['instructions', 'tools', 'tool_choice', 'parallel_tool_calls', 'previous_response_id', 'temperature', 'metadata'];

/**
 * @param {{ name: string, turns: any[], error?: { status: number, message: string } }} scenario
 * @returns {Promise<{ url: string, requests: any[], close(): Promise<void> }>}
 */
export function startScriptedServer({ name, turns, error }) {
  return startOpenAIServer(({ path, body, count }) => {
    if (path !== '/chat/completions' && path !== '/responses') return { status: 404 };
    if (error !== undefined)
      return { status: error.status, error: { message: error.message, type: 'requests', code: 'rate_limit_exceeded' } };
    const turn = turns[count - 1];
    if (turn === undefined) return { status: 500, error: { message: `${name} has no turn ${count}` } };
    const { calls, text, usage } = turn;
    return {
      id: `${path === '/responses' ? 'resp_' : 'chatcmpl-'}${letters(`${name} ${count} ${path}`)}`,
      model: ANSWERING_MODEL,
      ...(calls === undefined ? { text } : { calls }),
      usage: { input: usage.in, output: usage.out, cached: usage.cached },
      fields: Object.fromEntries(ECHOED.filter((key) => body[key] !== undefined).map((key) => [key, body[key]])),
      inTurn: true,
      delayMs: DELAY_MS,
      chunkDelayMs: CHUNK_DELAY_MS,
    };
  });
}
