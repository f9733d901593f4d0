// validate-supplemental-prow-config-hierarchy: a supplemental file in the folder of an org or repository is for that one alone.
import { isRecord } from "../lib/schema.ts";
import { loadYAML } from "../lib/yaml/load.ts";
import type { Finding, Warning } from "./warning.ts";

/** A file of a directory of supplemental configuration, whose name ends as such files' names do. */
export interface SupplementalFile {
  of: "config" | "plugins";
  /** The directory, and the path with it. */
  root: string;
  path: string;
  text: string;
}

interface Scope {
  global: boolean;
  orgs: Set<string>;
  repos: Set<string>;
}

type Data = Record<string, unknown>;

const at = (data: unknown, ...keys: string[]): unknown =>
  keys.reduce((value: unknown, key) => (isRecord(value) ? value[key] : undefined), data);
const entries = (value: unknown): [string, unknown][] => (isRecord(value) ? Object.entries(value) : []);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  value === 0 ||
  value === false ||
  (typeof value === "object" && Object.values(value).every(isEmpty));

/** Whether something is left when what has a scope is taken away. */
const leftOver = (data: Data, scoped: readonly string[]): boolean =>
  Object.entries(data).some(([key, value]) => !scoped.includes(key) && !isEmpty(value));

/** The same of a policy, where `false` says something. */
const policyLeft = (data: unknown, scoped: string): boolean =>
  entries(data).some(([key, value]) => key !== scoped && (value === false || !isEmpty(value)));

function add({ orgs, repos }: Scope, names: Iterable<unknown>): void {
  for (const name of names) if (typeof name === "string") (name.includes("/") ? repos : orgs).add(name);
}

/** What a supplemental config.yaml is about. */
function configScope(data: Data): Scope {
  const protection = at(data, "branch-protection");
  const tide = at(data, "tide");
  const slack = entries(data["slack_reporter_configs"]).map(([key]) => key);
  const scope: Scope = {
    global:
      leftOver(data, ["branch-protection", "tide", "slack_reporter_configs"]) ||
      policyLeft(protection, "orgs") ||
      leftOver(isRecord(tide) ? tide : {}, ["merge_method", "queries"]) ||
      slack.includes("*"),
    orgs: new Set(),
    repos: new Set(),
  };
  for (const [org, policy] of entries(at(protection, "orgs"))) {
    if (policyLeft(policy, "repos")) add(scope, [org]);
    add(
      scope,
      entries(at(policy, "repos")).map(([repo]) => `${org}/${repo}`),
    );
  }
  add(
    scope,
    entries(at(tide, "merge_method")).map(([key]) => key),
  );
  for (const query of list(at(tide, "queries"))) {
    add(scope, list(at(query, "orgs")));
    add(scope, list(at(query, "repos")));
  }
  add(
    scope,
    slack.filter((key) => key !== "*"),
  );
  return scope;
}

const SCOPED_SECTIONS = ["approve", "lgtm", "triggers", "welcome"];

function pluginsScope(data: Data): Scope {
  const label = at(data, "label");
  const restricted = entries(at(label, "restricted_labels")).map(([key]) => key);
  const scope: Scope = {
    global:
      leftOver(data, ["bugzilla", "external_plugins", "label", "plugins", ...SCOPED_SECTIONS]) ||
      leftOver(isRecord(label) ? label : {}, ["restricted_labels"]) ||
      at(data, "bugzilla", "default") !== undefined ||
      restricted.includes("*"),
    orgs: new Set(),
    repos: new Set(),
  };
  const keys = (value: unknown) => entries(value).map(([key]) => key);
  add(scope, [...keys(data["plugins"]), ...keys(data["external_plugins"])]);
  add(
    scope,
    restricted.filter((key) => key !== "*"),
  );
  for (const [org, rules] of entries(at(data, "bugzilla", "orgs"))) {
    if (at(rules, "default") !== undefined) add(scope, [org]);
    add(
      scope,
      keys(at(rules, "repos")).map((repo) => `${org}/${repo}`),
    );
  }
  for (const key of SCOPED_SECTIONS) for (const rule of list(data[key])) add(scope, list(at(rule, "repos")));
  return scope;
}

function check({ of, root, path, text }: SupplementalFile): string | undefined {
  const folders = path.slice(root.length).replace(/^\/+/, "").split("/").slice(0, -1);
  if (folders.length === 0) return undefined;
  if (folders.length > 2) {
    return `config ${path} is at an invalid location. All configs must be below ${root}. If they are org-specific, they must be in a folder named like the org. If they are repo-specific, they must be in a folder named like the repo below a folder named like the org.`;
  }
  const scope = scopeOf(of, text);
  if (typeof scope === "string") return `failed to unmarshal ${path}: ${scope}`;
  const name = folders.join("/");
  const [own, other] = folders.length === 1 ? [scope.orgs, scope.repos] : [scope.repos, scope.orgs];
  if (!scope.global && own.size === 1 && own.has(name) && other.size === 0) return undefined;
  const orgs = [...scope.orgs].filter((org) => org !== name).sort();
  const repos = [...scope.repos].filter((repo) => repo !== name).sort();
  const others = [
    ...(scope.global ? ["contains global config"] : []),
    ...orgs.map((org) => `contains config for org ${org}`),
    ...repos.map((repo) => `contains config for repo ${repo}`),
  ];
  const only =
    folders.length === 1 ? `Must contain only config for org` : `Must only contain config for repo`;
  return `config ${path} is invalid: ${only} ${name}, but ${others.join(" and ") || "contains none for it"}`;
}

function scopeOf(of: SupplementalFile["of"], text: string): Scope | string {
  try {
    const data = loadYAML(text) ?? {};
    if (!isRecord(data)) return "expected a map at the top of the file";
    return of === "config" ? configScope(data) : pluginsScope(data);
  } catch (error) {
    return (error as Error).message;
  }
}

export const validateSupplements: Warning = {
  name: "validate-supplemental-prow-config-hierarchy",
  group: "default",
  doc: "Supplemental files that say something of others than of the folder that they are in.",
  check: ({ supplements }) =>
    supplements.flatMap((file): Finding[] => {
      const message = check(file);
      return message === undefined ? [] : [{ message, places: [{ file: file.path, line: 1, column: 1 }] }];
    }),
};
