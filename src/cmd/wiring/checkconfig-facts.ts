// What checkconfig has to ask the world for: build clusters' statuses from storage, OWNERS files and the App from GitHub.
import { existsSync } from "node:fs";
import { Registry } from "prom-client";
import { usingOwners } from "../../checkconfig/enabled.ts";
import type { Facts, Warning } from "../../checkconfig/warning.ts";
import type { PluginsConfig } from "../../config/plugins-config.ts";
import type { GitHub } from "../../github/port.ts";
import type { FlagValues } from "../../lib/flags.ts";
import { refOfScope } from "../../model/github.ts";
import type { Host } from "../command.ts";
import { jsonLog } from "../process/log.ts";
import { githubFrom, storageFrom } from "./connect.ts";
import type { githubFlags, storageFlags } from "./flag-groups.ts";
import { InputError, readText } from "./tool.ts";

type Flags = FlagValues<typeof githubFlags & typeof storageFlags>;
type Asked = Pick<Facts, "clusters" | "withoutOwners" | "withoutApp">;

/** Only what the warnings need is asked for. Throws InputError when GitHub is needed and there is no way to sign in. */
export async function checkconfigFacts(
  facts: Facts,
  warnings: readonly Warning[],
  flags: Flags,
  host: Host,
): Promise<Asked> {
  const wanted = new Set(warnings.map(({ name }) => name));
  const asked: Asked = {};
  const location = facts.config.plank.build_cluster_status_file;
  if (location && wanted.has("validate-cluster-field"))
    asked.clusters = await clusters(location, flags, host);
  const owners = facts.plugins && wanted.has("verify-owners-presence");
  if (owners && !flags["github-token-path"]) {
    throw new InputError(
      "cannot verify OWNERS file presence without a GitHub token: give --github-token-path",
    );
  }
  const app = wanted.has("validate-github-app-installation");
  if (app && !flags["github-app-id"]) {
    throw new InputError(
      "cannot list the installations of the GitHub App: give --github-app-id and --github-app-private-key-path, or --exclude-warning=validate-github-app-installation",
    );
  }
  if (!owners && !app) return asked;
  const log = jsonLog("checkconfig", host.err);
  log.obey("warn");
  const github = await githubFrom(flags, { host, log, metrics: new Registry() });
  if (owners) asked.withoutOwners = await withoutOwners(facts.plugins!, github);
  if (app) asked.withoutApp = await withoutApp(facts, github);
  return asked;
}

async function clusters(location: string, flags: Flags, host: Host): Promise<Facts["clusters"]> {
  try {
    const text = location.includes("://")
      ? await stored(location, flags, host)
      : existsSync(location)
        ? readText(location, "plank.build_cluster_status_file")
        : undefined;
    // Before plank has written it there is none, which is no fault.
    return text === undefined
      ? { notYet: location }
      : { statuses: JSON.parse(text) as Record<string, string> };
  } catch (error) {
    return { fault: `error reading build cluster status file: ${(error as Error).message}` };
  }
}

async function stored(url: string, flags: Flags, host: Host): Promise<string | undefined> {
  const storage = await storageFrom(flags, { host });
  if (!(await storage.stat(url))) return undefined;
  return new Response(await storage.read(url)).text();
}

async function withoutOwners(plugins: PluginsConfig, { read }: GitHub): Promise<string[]> {
  const { orgs, repos } = usingOwners(plugins);
  const all = new Set(repos);
  for (const [org, except] of orgs) {
    for (const { full_name, archived } of await read.repositories(org)) {
      if (!archived && !except.has(full_name)) all.add(full_name);
    }
  }
  const missing: string[] = [];
  for (const name of [...all].sort()) {
    if ((await read.file(refOfScope(name), "OWNERS", "HEAD")) === undefined) missing.push(name);
  }
  return missing;
}

/** An org for which GitHub gives no token has no installation. */
async function withoutApp({ config }: Facts, github: GitHub): Promise<string[]> {
  const repos = new Set([
    ...Object.keys(config.presubmits),
    ...Object.keys(config.postsubmits),
    ...config.tide.queries.flatMap((query) => query.repos ?? []),
  ]);
  const orgs = new Set([...repos].map((repo) => repo.split("/")[0]!));
  const missing: string[] = [];
  for (const org of [...orgs].sort()) {
    try {
      await github.gitToken({ org, repo: "" });
    } catch (error) {
      if ((error as { status?: number }).status !== 404) throw error;
      missing.push(org);
    }
  }
  return missing;
}
