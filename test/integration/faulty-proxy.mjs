// A TCP proxy that can be told to be slow, or to reset connections.
import { connect, createServer } from 'node:net';

/** @returns {Promise<{ url: string, mode: 'open' | 'slow' | 'reset', close(): Promise<void> }>} */
export async function startProxy(port) {
  const proxy = { url: '', mode: 'open' };
  const sockets = new Set();
  const server = createServer((client) => {
    if (proxy.mode === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on('data', (chunk) => (proxy.mode === 'reset' ? client.resetAndDestroy() : upstream.write(chunk)));
    upstream.on('data', (chunk) => (proxy.mode === 'slow' ? setTimeout(() => client.write(chunk), 2000) : client.write(chunk)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  proxy.close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return proxy;
}
