// Braintrust's own SDK. It sends rows in pieces; what its API later gives out are whole rows, so the pieces are merged as
// the SDK itself merges them.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { flush, initLogger, traced, wrapOpenAI } from 'braintrust';
import { mergeRowBatch } from 'braintrust/util';
import OpenAI from 'openai';
import { converse } from '../../openai-agent.mjs';

const PROJECT = '5f0a1c7e-6d1b-4c53-9a55-3b7a2f6f9d10';

export async function record(conversation, settled) {
  const pieces = [];
  const backend = await startBackend((rows) => pieces.push(...rows));
  const appUrl = `http://127.0.0.1:${backend.address().port}`;
  process.env.BRAINTRUST_API_URL = appUrl;
  initLogger({ projectName: 'redelivery-desk', apiKey: 'sk-scripted', appUrl, forceLogin: true });
  const client = wrapOpenAI(new OpenAI({ baseURL: conversation.url, apiKey: conversation.apiKey, maxRetries: 0 }));
  await settled(converse(client, conversation, conversation.wrapped ? around : {}));
  await flush();
  backend.close();
  const rows = mergeRowBatch(pieces).map(exported);
  writeFileSync(conversation.file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

const around = {
  run: (answer) => traced(answer, { name: 'redelivery_desk', type: 'task' }),
  tool: (call, execute) =>
    traced(
      async (span) => {
        span.log({ input: call.arguments });
        const output = await execute(call.arguments);
        span.log({ output });
        return output;
      },
      { name: call.name, type: 'tool' },
    ),
};

/** A row as the API gives it out: without how it was sent, and with what the SDK leaves to the backend. */
const exported = ({ _is_merge, log_id: _log, context: _context, ...row }) => ({ ...row, is_root: row.span_parents === undefined });

async function startBackend(take) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = `http://127.0.0.1:${server.address().port}`;
    const answers = {
      '/api/apikey/login': { org_info: [{ id: 'org', name: 'org', api_url: url, proxy_url: url, git_metadata: null }] },
      '/api/project/register': { project: { id: PROJECT, name: 'redelivery-desk' } },
      '/logs3': { ids: [] },
    };
    if (request.url === '/logs3') take(JSON.parse(Buffer.concat(chunks)).rows);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[request.url] ?? {}));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
