import type { ToolResultPart } from '../message.ts';
import type { ToolCall } from '../run.ts';

/** Calls that wait for their result, by the id the provider gave them; '' holds those without one. */
export class OpenCalls {
  readonly #byId = new Map<string, ToolCall[]>();
  readonly #ids = new Map<ToolCall, string>();

  open(call: ToolCall, id: string | undefined): void {
    const key = id ?? '';
    this.#ids.set(call, key);
    const open = this.#byId.get(key);
    if (open === undefined) this.#byId.set(key, [call]);
    else open.push(call);
  }

  close(call: ToolCall): void {
    const key = this.#ids.get(call) ?? '';
    this.#byId.set(
      key,
      this.#waiting(key).filter((other) => other !== call),
    );
  }

  /** The call that a result answers, closed by it: by id; without an id by name, else in the order of the calls. */
  take(part: ToolResultPart): ToolCall | undefined {
    const call = this.#find(part);
    if (call !== undefined) this.close(call);
    return call;
  }

  #find({ id, name }: ToolResultPart): ToolCall | undefined {
    const named = id === undefined ? [] : this.#waiting(id);
    if (named.length > 0) {
      // Where a provider reuses ids, the answer belongs to the latest batch that has one open.
      const latest = Math.max(...named.map((call) => call.turn));
      return named.find((call) => call.turn === latest);
    }
    const unnamed = this.#waiting('');
    if (unnamed.length > 0) return name === undefined ? unnamed[0] : unnamed.find((call) => call.name === name);
    if (id !== undefined) return undefined;
    // Results without ids for calls with ids: those of the latest batch, in order.
    const waiting = [...this.#byId.values()].flat();
    const latest = Math.max(...waiting.map((call) => call.turn));
    return waiting.find((call) => call.turn === latest && (name === undefined || call.name === name));
  }

  #waiting(id: string): ToolCall[] {
    return this.#byId.get(id) ?? [];
  }
}
