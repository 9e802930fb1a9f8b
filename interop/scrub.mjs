// Takes out of a recording what tells where it was made: paths, hosts, users, processes. Nothing else is changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** Attributes of a resource that tell of the machine. */
const OF_THE_MACHINE = /^(?:process|host|os|container|k8s|cloud)\.|^service\.instance\.id$/u;

export function scrub(path) {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => (line === '' ? line : JSON.stringify(withoutMachine(JSON.parse(line)))));
  const text = lines.join('\n').replaceAll(`file://${ROOT}`, 'file:///app').replaceAll(ROOT, '/app').replaceAll(homedir(), '/home/app');
  writeFileSync(path, text);
  for (const word of [hostname(), userInfo().username].filter((each) => each.length > 4)) {
    if (text.includes(`"${word}"`)) throw new Error(`${path} names ${word}`);
  }
}

/** The resources of an OTLP request; other lines have none. */
function withoutMachine(line) {
  for (const { resource } of [...(line.resourceSpans ?? []), ...(line.resourceLogs ?? [])])
    resource.attributes = resource.attributes.filter(({ key }) => !OF_THE_MACHINE.test(key));
  return line;
}
