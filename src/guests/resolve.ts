// Finds the file of a Probot app that plugins.yaml names: a path from its directory, or a package that is found from there.
import { readFileSync } from "node:fs";
import { createRequire, findPackageJSON } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isRecord } from "../lib/schema.ts";

export interface AppFile {
  file: string;
  /** Directory of its package: what it is made of lies there. */
  root: string;
}

/** Throws an Error that says what is missing and where it was looked for. */
export function resolveApp(probot: string, directory: string): AppFile {
  const base = join(resolve(directory), "plugins.yaml");
  try {
    const file = fileOf(probot, base);
    const manifest = findPackageJSON(pathToFileURL(file));
    const own = manifest !== undefined && !holds(dirname(manifest), directory);
    return { file, root: own ? dirname(manifest) : dirname(file) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const kind = isPath(probot) ? "file or directory" : "package";
    const reason =
      code === "MODULE_NOT_FOUND" || code === "ENOENT" ? `there is no such ${kind}` : message.split("\n")[0];
    throw new Error(`the Probot app ${probot} cannot be found from ${resolve(directory)}: ${reason}`, {
      cause: error,
    });
  }
}

const isPath = (probot: string): boolean => /^(\.{1,2}(\/|$)|\/)/.test(probot);

/** A package.json beside plugins.yaml, or above it, is another program's. */
const holds = (manifestDirectory: string, directory: string): boolean =>
  `${resolve(directory)}/`.startsWith(`${manifestDirectory.replace(/\/$/, "")}/`);

function fileOf(probot: string, base: string): string {
  const require = createRequire(base);
  try {
    return require.resolve(probot);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const manifest = isPath(probot) ? undefined : findPackageJSON(probot, pathToFileURL(base));
    if (code !== "ERR_PACKAGE_PATH_NOT_EXPORTED" || !manifest) throw error;
    // A package that can be imported only.
    const entry = importEntry(
      (JSON.parse(readFileSync(manifest, "utf8")) as Record<string, unknown>)["exports"],
    );
    if (entry === undefined) throw error;
    return join(dirname(manifest), entry);
  }
}

function importEntry(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports;
  if (!isRecord(exports)) return undefined;
  for (const [key, value] of Object.entries(exports)) {
    if (![".", "import", "node", "default"].includes(key)) continue;
    const found = importEntry(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
