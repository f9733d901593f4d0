// What validation finds wrong: said of a thing of the configuration, which knows where it was written.
import type { Path, Problem } from "../lib/schema.ts";

/** Where a thing of the configuration was written. */
export interface Origin {
  file: string;
  path: Path;
}

export interface Fault extends Problem {
  file: string;
}

/** Collects faults of one thing; `path` is below the thing's own. */
export type Blame = (message: string, path?: Path, hint?: string) => void;

/** Remembers during one load where jobs came from, so that a fault found after merging still names its file and line. */
export class Origins {
  readonly #known = new Map<object, Origin>();

  set(thing: object, origin: Origin): void {
    this.#known.set(thing, origin);
  }

  get(thing: object): Origin | undefined {
    return this.#known.get(thing);
  }
}

/** Blames one thing into a list. */
export const blamer =
  (faults: Fault[], { file, path: base }: Origin): Blame =>
  (message, path = [], hint) => {
    faults.push({ level: "error", message, path: [...base, ...path], file, ...(hint && { hint }) });
  };
