import { createServer, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface Feedback {
  key: string;
  score: number | null;
  comment: string;
}

/** As much of LangSmith's API as an experiment on given examples uses; keeps the feedback it is sent. */
export async function startLangSmithServer(): Promise<{ url: string; feedback: Feedback[]; close: () => Promise<void> }> {
  const feedback: Feedback[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/feedback') feedback.push(JSON.parse(body) as Feedback);
    const answer = answerOf(request.method ?? '', path);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${port}`, feedback, close };
}

const ID = '00000000-0000-4000-8000-0000000000aa';

function answerOf(method: string, path: string): object {
  // Otherwise feedback is one part of many of an upload.
  if (path === '/info') return { batch_ingest_config: { use_multipart_endpoint: false } };
  const session = { id: ID, tenant_id: ID, name: 'experiment' };
  return path === '/sessions' && method === 'GET' ? [session] : /^\/(?:sessions|datasets)/u.test(path) ? session : {};
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}
