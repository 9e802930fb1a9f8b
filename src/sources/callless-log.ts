import { documentDialects } from '../dialects/index.ts';
import type { Observation } from '../model/observation.ts';
import type { ProblemLog } from './problem.ts';

/** Tells, once a source, of documents of a dialect that hold scopes alone, where no file of the input holds its calls. */
export class CalllessLog {
  readonly #scopes = new Map<string, Set<string>>();
  readonly #withCalls = new Set<string>();

  look(observations: readonly Observation[]): void {
    for (const { kind, dialect, origin } of observations) {
      if (kind !== 'scope') this.#withCalls.add(dialect);
      else this.#scopes.set(dialect, (this.#scopes.get(dialect) ?? new Set()).add(origin.source));
    }
  }

  finish(problems: ProblemLog): void {
    for (const { id, withoutCalls } of documentDialects) {
      if (withoutCalls === undefined || this.#withCalls.has(id)) continue;
      for (const source of this.#scopes.get(id) ?? []) problems.addWhole({ source, reason: withoutCalls });
    }
  }
}
