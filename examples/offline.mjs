// Runs a command with a scripted model instead of OpenAI's, so that the examples need no key:
//   node offline.mjs node --import fanlight/register register/app.mjs
// The model makes the classic mistake: it books beside the calendar look-up, with a slot it made up.
import { spawn } from 'node:child_process';
import { startOpenAIServer } from '../test/support/openai-server.mjs';

const TURNS = [
  {
    calls: [
      { id: 'call_calendar', name: 'get_calendar', arguments: { doctor: 'Okafor' } },
      { id: 'call_guess', name: 'book_appointment', arguments: { slot_id: 'slot-tue-pm' } },
    ],
  },
  { calls: [{ id: 'call_booking', name: 'book_appointment', arguments: { slot_id: 'slot-8841' } }] },
  { text: 'Done: Tuesday at 15:00 with Dr Okafor, confirmation BK-20931.' },
];

const server = await startOpenAIServer(({ body }) => {
  const said = body.messages ?? (Array.isArray(body.input) ? body.input : []);
  return TURNS[said.filter((item) => item.tool_calls !== undefined || item.type === 'function_call').length > 0 ? turnOf(said) : 0];
});

/** Which turn a history has come to: by the results it holds. */
function turnOf(said) {
  const results = said.filter((item) => item.role === 'tool' || item.type === 'function_call_output');
  return results.length >= 3 ? 2 : 1;
}

const [command, ...args] = process.argv.slice(2);
const app = spawn(command, args, {
  stdio: 'inherit',
  env: {
    OTEL_TRACES_EXPORTER: 'console',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    ...process.env,
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: 'none',
  },
});
app.on('exit', async (code) => {
  await server.close();
  process.exitCode = code ?? 1;
});
