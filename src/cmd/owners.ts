// cutwater owners: who may approve and review paths of a checkout, and which OWNERS file says so.
import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { bool, string } from "../lib/flags.ts";
import { refOfScope } from "../model/github.ts";
import { type Aliases, parseAliases } from "../owners/parse.ts";
import type { OwnersSources } from "../owners/repo-owners.ts";
import { ownersSettings } from "../plugins/owners-of.ts";
import { ancestors, ownersText, pathOwners, unreadableOwners } from "../tools/path-owners.ts";
import { toolConfigFlags, usableConfig } from "./config/tool-config.ts";
import { InputError, kindOf, oneOf, tool } from "./wiring/tool.ts";

const FORMATS = ["text", "json"] as const;

export const owners = tool("owners", {
  args: "[flags] PATH...",
  flags: {
    ...toolConfigFlags,
    dir: string(".", "Root of the checkout."),
    repo: string("", "org/repo of the checkout, for what the configuration says of its OWNERS files."),
    reviewers: bool(true, "Whether reviewers are shown too."),
    format: string("text", `How they are shown: ${FORMATS.join(" or ")}.`),
  },
  async run({ values, args }, host) {
    const format = oneOf(FORMATS, values.format, "format");
    const root = resolve(host.cwd, values.dir);
    if (kindOf(root, "--dir") === "file")
      throw new InputError(`--dir ${values.dir} is a file; it is the root of a checkout`);
    if (!args.length) throw new InputError("which paths? cutwater owners PATH...");
    const paths = args.map((path) => inRepo(path, root));
    const { config, plugins } = values["config-path"]
      ? usableConfig(values, host)
      : { config: {}, plugins: { owners: {} } };
    const settings = ownersSettings(refOfScope(values.repo), config, plugins);
    const sources: OwnersSources = {
      filename: settings.filename,
      files: filesFor(paths, root, settings),
      aliases: aliasesIn(join(root, settings.aliasesFilename)),
      ignoredDirectories: settings.ignoredDirectories,
    };
    for (const file of unreadableOwners(sources))
      host.err(`${file} cannot be read as OWNERS file: it does not count`);
    const found = paths.map((path) => {
      const all = pathOwners(path, sources);
      return values.reviewers ? all : { ...all, reviewers: [], required_reviewers: [] };
    });
    host.out(format === "json" ? JSON.stringify(found, undefined, 2) : found.map(ownersText).join("\n\n"));
    return 0;
  },
});

/** Relative to the root of the checkout. It need not be there: a change may be about to add it. */
function inRepo(path: string, root: string): string {
  const found = relative(root, resolve(root, path));
  if (found === ".." || found.startsWith("../") || isAbsolute(found)) {
    throw new InputError(`${path} is not below ${root}; --dir names the root of the checkout`);
  }
  return found;
}

/** Texts of the OWNERS files on the way from each path to the root. */
function filesFor(
  paths: readonly string[],
  root: string,
  { filename, markdown }: { filename: string; markdown: boolean },
): Map<string, string> {
  const files = new Map<string, string>();
  for (const path of paths) {
    const wanted = ancestors(path).map((directory) => join(directory, filename));
    for (const file of markdown && path.endsWith(".md") ? [path, ...wanted] : wanted) {
      const full = join(root, file);
      if (!files.has(file) && statSync(full, { throwIfNoEntry: false })?.isFile()) {
        files.set(file, readFileSync(full, "utf8"));
      }
    }
  }
  return files;
}

/** Throws InputError when there is such a file and it is none. */
function aliasesIn(path: string): Aliases {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return new Map();
  try {
    return parseAliases(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InputError(`${path} cannot be read, so no alias can be expanded: ${(error as Error).message}`);
  }
}
