import { sightings } from './sightings.ts';

/** One line to the person who runs the app, by Node's own channel: it can be silenced or made visible as any warning. */
export function warn(message: string): void {
  sightings.warnings.push(message);
  try {
    process.emitWarning(message, 'FanlightWarning');
  } catch {
    // A host that makes warnings throw does not get ours.
  }
}
