// One recording as its writer sees it: a scenario, told in one of the ways of the API, its tools ready to be called.
import { setTimeout as sleep } from 'node:timers/promises';
import { MODEL, SCENARIOS, SYSTEM, TOOLS } from './scenarios.mjs';

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} description
 * @property {object} parameters a JSON schema
 * @property {(args: object) => Promise<object>} run
 *
 * @typedef {object} Conversation
 * @property {string} name of the recording
 * @property {string} model
 * @property {string} system
 * @property {string[]} users what the user says, one after another
 * @property {Tool[]} tools
 * @property {boolean} responses told over the Responses API instead of chat completions
 * @property {boolean} stream
 * @property {boolean} chained each request says the last response's id and sends nothing of the history again
 * @property {boolean} wrapped with the agent and tool spans that the writer's own helpers make
 * @property {boolean} createAgent with LangChain's `createAgent`, not LangGraph's
 * @property {string} url of the scripted server
 * @property {string} apiKey
 * @property {string} file where the recording goes
 */

/** @returns {Conversation} */
export function conversationOf(scenarioName, variant, { url, file }) {
  const scenario = SCENARIOS[scenarioName];
  if (scenario === undefined) throw new Error(`no scenario is called ${scenarioName}: there are ${Object.keys(SCENARIOS).join(', ')}`);
  const ways = new Set(variant.split('-').slice(1));
  return {
    name: `${scenarioName}${variant}`,
    model: MODEL,
    system: SYSTEM,
    users: scenario.users,
    tools: TOOLS.filter(({ name }) => callsOf(scenario).some((call) => call.name === name)).map((tool, i) => ({
      ...tool,
      run: (args) => answer(scenario, tool.name, args, 20 + 8 * i),
    })),
    responses: ways.has('responses'),
    stream: ways.has('stream'),
    chained: ways.has('chained'),
    wrapped: ways.has('wrapped'),
    createAgent: ways.has('createAgent'),
    url,
    apiKey: 'sk-scripted',
    file,
  };
}

const callsOf = ({ turns }) => turns.flatMap(({ calls = [] }) => calls);

/** What the script says that a tool answers to these arguments, after a while. */
async function answer(scenario, name, args, ms) {
  await sleep(ms);
  const call = callsOf(scenario).find((each) => each.name === name && sameFields(each.arguments, args));
  if (call === undefined) throw new Error(`no script has ${name} ${JSON.stringify(args)}`);
  if (scenario.throws && call.story === scenario.bad) throw new Error(`${call.result.error}: ${call.arguments.window_id}`);
  return call.result;
}

const sameFields = (a, b) => Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => a[key] === b[key]);
