// Takes out of a recording what tells where it was made: paths, hosts, users, processes. Nothing else is changed.
import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** Attributes of a resource that tell of the machine. */
const OF_THE_MACHINE = /^(?:process|host|os|container|k8s|cloud)\.|^service\.instance\.id$/u;

/** @param {string} text lines of JSON */
export function scrubbed(text) {
  const lines = text.split('\n').map((line) => (line === '' ? line : JSON.stringify(withoutMachine(JSON.parse(line)))));
  const clean = lines.join('\n').replaceAll(ROOT, '/app').replaceAll(homedir(), '/home/app');
  for (const word of [hostname(), userInfo().username].filter((each) => each !== 'root' && each !== 'localhost')) {
    if (clean.includes(`"${word}"`)) throw new Error(`a recording says "${word}": take out where it does, in interop/scrub.mjs`);
  }
  return clean;
}

/** The resources of an OTLP request; other lines have none. */
function withoutMachine(line) {
  for (const { resource } of [...(line.resourceSpans ?? []), ...(line.resourceLogs ?? [])])
    resource.attributes = resource.attributes.filter(({ key }) => !OF_THE_MACHINE.test(key));
  return line;
}
