// Writers that are no JavaScript: a program is told the conversation as JSON on its standard input and asks for its tools
// over HTTP, so that there is one script of what they answer.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';

/** What a folder's `requirements.txt` names, into an environment of its own; what its `pom.xml` describes, built. */
export function installOther(folder) {
  const run = (program, ...args) => execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (existsSync(join(folder, 'requirements.txt')) && !existsSync(join(folder, '.venv/installed'))) {
    run('python3', '-m', 'venv', '.venv');
    run('.venv/bin/pip', 'install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt');
    run('touch', '.venv/installed');
  }
  if (existsSync(join(folder, 'pom.xml')) && !existsSync(join(folder, 'target/lib'))) run('mvn', '-q', '-B', 'package');
}

/** A writer in Python: the `record.py` of its folder, with what the writers in Python have in common beside it. */
export const recordInPython = (folder, conversation) =>
  tell([join(folder, '.venv/bin/python'), '-W', 'ignore', join(folder, 'record.py')], conversation, {
    PYTHONPATH: join(import.meta.dirname, 'python'),
  });

/** A writer in Java: the class `Record` of its folder. */
export const recordInJava = (folder, conversation) =>
  tell(['java', '-cp', ['classes', 'lib/*'].map((part) => join(folder, 'target', part)).join(delimiter), 'Record'], conversation);

/** @param {import('./conversation.mjs').Conversation} conversation which may fail where that is what is recorded */
async function tell([program, ...args], conversation, env = {}) {
  const server = await serveTools(conversation.tools);
  const mayFail = conversation.name.startsWith('apierror');
  const tools = conversation.tools.map(({ name, description, parameters }) => ({ name, description, parameters }));
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, ...env } });
  child.stdin.end(JSON.stringify({ ...conversation, tools, tools_url: `http://127.0.0.1:${server.address().port}/`, mayFail }));
  const [code] = await once(child, 'exit');
  server.closeAllConnections();
  server.close();
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}

/** POST `{name, arguments}`: what the tool answers, or status 500 and `{error}` where it throws. */
async function serveTools(tools) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { name, arguments: args } = JSON.parse(Buffer.concat(chunks));
    try {
      response.end(JSON.stringify(await tools.find((tool) => tool.name === name).run(args)));
    } catch (error) {
      response.statusCode = 500;
      response.end(JSON.stringify({ error: error.message }));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
