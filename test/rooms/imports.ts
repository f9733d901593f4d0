// Finds what a TypeScript text imports and re-exports, also over several lines and lazily.

export interface Named {
  /** As written: a path, or a package. */
  specifier: string;
  typeOnly: boolean;
}

const STATEMENT =
  /^(?:import|export)\s+(type\s+)?(?:[^;"'=]*?\bfrom\s*)?["']([^"']+)["']|\bimport\(\s*(?:["'`]([^"'`$]+)["'`]\s*\)|(pathToFileURL\(\w+\)\.href\)))?/gm;

/** What a file is called that is not ours: somebody else's program. */
export const FOREIGN = "file:";

/** Throws when a lazy import does not name its module by a literal: nobody could check it. */
export function importsOf(text: string): Named[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
  return [...code.matchAll(STATEMENT)].map(([whole, type, fixed, lazy, foreign]) => {
    const specifier = fixed ?? lazy ?? (foreign && FOREIGN);
    if (!specifier) throw new Error(`${whole} must name its module by a literal`);
    return { specifier, typeOnly: Boolean(type) };
  });
}
