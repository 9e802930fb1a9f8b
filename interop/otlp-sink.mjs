// Receives what a writer exports over OTLP/HTTP in JSON, for those whose exporter cannot be given: spans go to the file
// of the conversation, log records beside them, metrics nowhere.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { logsFile } from './exporters.mjs';

/** @returns {Promise<{ url: string, close(): Promise<void> }>} */
export async function startSink(file) {
  const fileOf = { '/v1/traces': file, '/v1/logs': logsFile(file) };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const target = fileOf[request.url];
    if (target !== undefined) appendFileSync(target, `${body}\n`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
