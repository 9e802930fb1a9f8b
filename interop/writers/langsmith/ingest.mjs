// Receives runs as LangSmith's API does: multipart requests, each run a part and its large fields parts of their own.
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** @returns {Promise<{ url: string, operations: object[], runs(): object[], close(): Promise<void> }>} */
export async function startIngest() {
  const operations = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.url === '/runs/multipart') operations.push(...(await operationsOf(body, request.headers['content-type'])));
    response.writeHead(request.url === '/info' ? 200 : 202, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ version: '0.10.0', batch_ingest_config: { use_multipart_endpoint: true } }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    operations,
    runs: () => merged(operations),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Parts are named `post.<run>`, `post.<run>.inputs` and the like, or `patch.…`. */
async function operationsOf(body, contentType) {
  const operations = new Map();
  const parts = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  for (const [name, part] of parts) {
    const [op, id, field] = name.split('.');
    const value = JSON.parse(typeof part === 'string' ? part : await part.text());
    const key = `${op}.${id}`;
    operations.set(key, { op, ...operations.get(key), ...(field === undefined ? value : { [field]: value }) });
  }
  return [...operations.values()];
}

/** A patch adds to its post. */
function merged(operations) {
  const runs = new Map();
  for (const { op: _, ...fields } of operations) runs.set(fields.id, { ...runs.get(fields.id), ...fields });
  return [...runs.values()];
}
