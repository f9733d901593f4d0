// Where the parts of a merged configuration were written, so that what is found after merging still names its file.
import { isRecord, type Path, type Schema } from "../lib/schema.ts";
import { type Blame, blamer, type Fault, type Origin } from "./fault.ts";

/** Parts that nobody has told of stand in the main file, at the same path. */
export class Homes {
  readonly #main: string;
  readonly #known = new Map<string, Origin>();

  constructor(main: string) {
    this.#main = main;
  }

  /** The part at `path` of the merged whole was written at `origin`. */
  set(path: Path, origin: Origin): void {
    this.#known.set(keyOf(path), origin);
  }

  originOf(path: Path): Origin {
    for (let depth = path.length; this.#known.size && depth > 0; depth--) {
      const home = this.#known.get(keyOf(path.slice(0, depth)));
      if (home) return { file: home.file, path: [...home.path, ...path.slice(depth)] };
    }
    return { file: this.#main, path };
  }

  /** Blames parts of the merged whole. */
  blamer(faults: Fault[]): Blame {
    return (message, path = [], hint) => blamer(faults, this.originOf(path))(message, [], hint);
  }
}

const keyOf = (path: Path): string => JSON.stringify(path);

/** Whether Go would take the value for one that was not written: an empty text, off, 0, a part with nothing in it. */
export function isUnset(schema: Schema<unknown>, value: unknown): boolean {
  if (value === undefined || value === "" || value === false || value === 0) return true;
  const { fields } = schema;
  // Lists and maps that are written count, even when they are empty.
  if (!fields || !isRecord(value)) return false;
  return Object.entries(value).every(([key, field]) => isUnset(fields[key]!, field));
}
