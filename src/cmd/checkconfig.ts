// cutwater checkconfig: what is wrong with a configuration, and what is probably not meant.
import { dirname } from "node:path";
import { isUnknownField, onlyCase } from "../checkconfig/file-warnings.ts";
import { FORMATS, type Format, findingEntry, printed, problemEntry } from "../checkconfig/output.ts";
import type { SupplementalFile } from "../checkconfig/supplements.ts";
import type { Facts, Warning } from "../checkconfig/warning.ts";
import { chosen, findings, warningNames } from "../checkconfig/warnings.ts";
import type { Config } from "../config/config.ts";
import { type LocatedProblem, problemText, type SourceFile } from "../config/source.ts";
import { resolveApp } from "../guests/resolve.ts";
import { errorText } from "../lib/error-text.ts";
import { bool, type FlagValues, string, strings } from "../lib/flags.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { Host } from "./command.ts";
import {
  pathsOf,
  pluginsThatDoNothing,
  type Read,
  readConfig,
  toolConfigFlags,
} from "./config/tool-config.ts";
import { githubFlags, storageFlags } from "./wiring/flag-groups.ts";
import { InputError, noArguments, oneOf, tool } from "./wiring/tool.ts";

const flags = {
  ...toolConfigFlags,
  ...githubFlags,
  ...storageFlags,
  warnings: strings([], "A warning to look for; may be repeated. None: the default ones."),
  "exclude-warning": strings([], "A warning not to look for; may be repeated."),
  "include-default-warnings": bool(false, "Look for the default warnings besides those of --warnings."),
  "expensive-checks": bool(false, "Look for all warnings, also those that ask GitHub."),
  "required-job-annotations": strings([], "An annotation that every job must have; may be repeated."),
  strict: bool(false, "Exit with 1 when there are warnings."),
  "prow-yaml-repo-name": string("", "org/repo whose .prow.yaml or .prow directory is checked too."),
  "prow-yaml-path": string(
    "",
    "Where that .prow.yaml is; without it it is looked for in the working directory.",
  ),
  format: string("text", `How findings are printed: ${FORMATS.join(", ")}; github is for annotations.`),
};
export type CheckconfigFlags = FlagValues<typeof flags>;

export const checkconfig = tool("checkconfig", {
  flags,
  async run({ values, args }, host) {
    noArguments(args);
    const format = oneOf(FORMATS, values.format, "format");
    const warnings = warningsOf(values);
    if (values["prow-yaml-path"] && !values["prow-yaml-repo-name"]) {
      throw new InputError("--prow-yaml-path needs --prow-yaml-repo-name: defaults depend on the repository");
    }
    const read = readConfig(pathsOf(values), host, { checkNames: true });
    const { config, plugins } = read;
    if (!config || !plugins) return unusable(read.problems, format, host);
    const faults = await inRepo(config, warnings, values, host);
    if (faults.length) return unusable(faults, format, host);
    return report(await factsOf(values, read, config, warnings, host), warnings, read, values, host);
  },
});

function warningsOf(values: CheckconfigFlags): Warning[] {
  const names = warningNames();
  const wrong = values.warnings.find((name) => !names.includes(name));
  if (wrong !== undefined) {
    throw new InputError(`no such warning "${wrong}", valid warnings: ${names.join(", ")}`);
  }
  const app = values["github-app-id"] && values["github-app-private-key-path"];
  return chosen({
    warnings: values.warnings,
    excluded: values["exclude-warning"],
    expensive: values["expensive-checks"],
    includeDefaults: values["include-default-warnings"],
    ...(app && { also: ["validate-github-app-installation"] }),
  });
}

/** Faults of the jobs that the repository itself has. */
async function inRepo(
  config: Config,
  warnings: readonly Warning[],
  { "prow-yaml-repo-name": repo, "prow-yaml-path": path }: CheckconfigFlags,
  host: Host,
): Promise<LocatedProblem[]> {
  if (!repo) return [];
  const { checkInRepo, inRepoFiles } = await import("./config/prow-yaml.ts");
  const files = await inRepoFiles(path || host.cwd);
  if (!files.length && path)
    throw new InputError(`--prow-yaml-path ${path}: neither .prow.yaml nor .prow is there`);
  if (!files.length)
    host.err(`${repo} has neither .prow nor .prow.yaml in ${host.cwd}: nothing to check there`);
  const strict = warnings.some(({ name }) => name === "unknown-fields-all");
  const { faults, raised } = checkInRepo(files, repo, config, strict);
  for (const problem of raised) host.err(problemText(problem));
  return faults;
}

function unusable(problems: readonly LocatedProblem[], format: Format, host: Host): number {
  // Warnings too: a misspelt field or a key that is there twice is often what an error comes from.
  const told = problems.filter((problem) => !isUnknownField(problem) || !onlyCase(problem));
  for (const line of printed(told.map(problemEntry), format, host.cwd)) host.out(line);
  const errors = problems.filter(({ level }) => level === "error").length;
  if (format === "text")
    host.out(`${errors} ${errors === 1 ? "error" : "errors"}: the configuration cannot be used.`);
  return 1;
}

async function factsOf(
  values: CheckconfigFlags,
  read: Read,
  config: Config,
  warnings: readonly Warning[],
  host: Host,
): Promise<Facts> {
  const { files, plugins, problems } = read;
  const facts: Facts = {
    config,
    problems,
    ...(files.plugins && { plugins }),
    files: { config: files.config.path, plugins: files.plugins?.path },
    requiredAnnotations: values["required-job-annotations"],
    absentPlugins: pluginsThatDoNothing(),
    byToken: values["github-token-path"] !== "" && !values["github-app-id"],
    ...(files.plugins && { probotFault: (probot: string) => appFault(probot, values["plugin-config"]) }),
    supplements: [
      ...rooted("config", values["supplemental-prow-config-dir"], files.supplements),
      ...rooted("plugins", values["supplemental-plugin-config-dir"], files.pluginSupplements),
    ],
  };
  if (!asksTheWorld(facts, warnings)) return facts;
  // Clients of GitHub and of storage take longer to load than most configurations to check.
  const { checkconfigFacts } = await import("./wiring/checkconfig-facts.ts");
  return { ...facts, ...(await checkconfigFacts(facts, warnings, values, host)) };
}

function appFault(probot: string, pluginConfig: string): string | undefined {
  try {
    resolveApp(probot, dirname(pluginConfig));
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

const ASKING = ["verify-owners-presence", "validate-github-app-installation"];

const asksTheWorld = ({ config }: Facts, warnings: readonly Warning[]): boolean =>
  warnings.some(
    ({ name }) =>
      ASKING.includes(name) ||
      (name === "validate-cluster-field" && config.plank.build_cluster_status_file !== undefined),
  );

/** Each file with the directory, of those given, that it is in. */
const rooted = (
  of: SupplementalFile["of"],
  roots: readonly string[],
  files: readonly SourceFile[] = [],
): SupplementalFile[] =>
  files.map(({ path, text }) => {
    const root = roots.find((one) => path.startsWith(`${withoutEndSlashes(one)}/`)) ?? "";
    return { of, root, path, text };
  });

/** Prow looks for misspelt fields of jobs only when asked; a job that therefore never runs is worth a remark. */
function remarkable(warnings: readonly Warning[], files: Read["files"]) {
  const byDefault = warnings.some(({ name }) => name === "unknown-fields");
  const main = [files.config.path, files.plugins?.path];
  return (problem: LocatedProblem): boolean =>
    !isUnknownField(problem) || (byDefault && !onlyCase(problem) && !main.includes(problem.file));
}

function report(
  facts: Facts,
  warnings: readonly Warning[],
  { files, problems }: Read,
  { format: chosenFormat, strict }: CheckconfigFlags,
  host: Host,
): number {
  const format = oneOf(FORMATS, chosenFormat, "format");
  const isRemark = remarkable(warnings, files);
  const entries = [
    ...problems
      .filter((problem) => problem.level === "warning" && isRemark(problem))
      .map((problem) => ({ ...problemEntry(problem), remark: true as const })),
    ...findings(facts, warnings).map((finding) => findingEntry(finding, files)),
  ];
  for (const line of printed(entries, format, host.cwd)) host.out(line);
  const counted = entries.filter(({ remark }) => !remark).length;
  if (format === "text") {
    if (!entries.length) host.out("checkconfig passes without any error!");
    else if (strict && counted) host.out("Strict is set and there were warnings");
  }
  return strict && counted ? 1 : 0;
}
