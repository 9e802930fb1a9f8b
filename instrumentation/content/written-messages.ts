import type { Message } from './message.ts';
import { isUnchanged, snapshot } from './snapshot.ts';

/**
 * Messages as JSON, each written once: an app sends its whole history with every request, most often as the very
 * objects it sent before. An app that makes them anew every time is noticed by the first, and nothing is kept.
 */
export class WrittenMessages {
  readonly #sentBefore = new WeakSet<object>();
  readonly #written = new WeakMap<object, { copy: unknown; json: string }>();

  json(units: readonly unknown[], messageOf: (unit: unknown) => Message): string {
    const [first] = units;
    if (typeof first !== 'object' || first === null) return JSON.stringify(units.map(messageOf));
    if (!this.#sentBefore.has(first)) {
      this.#sentBefore.add(first);
      return JSON.stringify(units.map(messageOf));
    }
    return `[${units.map((unit) => this.#write(unit, messageOf)).join(',')}]`;
  }

  #write(unit: unknown, messageOf: (unit: unknown) => Message): string {
    if (typeof unit !== 'object' || unit === null) return JSON.stringify(messageOf(unit));
    const known = this.#written.get(unit);
    if (known !== undefined && isUnchanged(known.copy, unit)) return known.json;
    const json = JSON.stringify(messageOf(unit));
    this.#written.set(unit, { copy: snapshot(unit), json });
    return json;
  }
}
