// Keeps ConfigMaps in step with files of the repository.
import { isUtf8 } from "node:buffer";
import { gzipSync } from "node:zlib";
import type { ConfigMapUpdate, KeyContent } from "../model/config-map.ts";
import type { Effect } from "../model/effect.ts";
import type { Event, PullRequestEvent } from "../model/event.ts";
import { type PullRequest, type RepoRef, repoName } from "../model/github.ts";
import { formatReply, oneLine } from "../model/reply.ts";
import { configUpdaterSection } from "./config-updater/options.ts";
import { type KeyUpdate, type WantedUpdate, wantedUpdates } from "./config-updater/updates.ts";
import type { Context, Plugin } from "./plugin.ts";

export const configUpdater: Plugin = {
  name: "config-updater",
  on: ["pull_request"],
  sections: [configUpdaterSection],
  description:
    "The config-updater plugin automatically redeploys configuration and plugin configuration files when they change. The plugin watches for pull request merges that modify either of the config files and updates the cluster's configmap resources in response.",
  commands: [],
  /** Only when there is one repository, whose files they then are. */
  explainAll: (plugins, repos) =>
    repos.length === 1
      ? Object.entries(plugins.get(configUpdaterSection).maps)
          .map(
            ([file, { name = "" }]) =>
              `Files matching ${repos[0]}/${file} are used to populate the ${name} ConfigMap in `,
          )
          .join("")
      : "",
  handle,
};

/** Holds the SHA that the ConfigMap's content is of. */
const VERSION_KEY = "VERSION";

async function handle(event: Event, context: Context): Promise<Effect[]> {
  const sha = event.kind === "pull_request" ? mergedTo(event) : undefined;
  if (event.kind !== "pull_request" || !sha) return [];
  const { config, log, plugins, read } = context;
  const { pr, repo } = event;
  const issue = { ...repo, number: pr.number };
  const wanted = wantedUpdates({
    options: plugins.get(configUpdaterSection),
    changes: await read.changedFiles(issue),
    repo,
    defaultNamespace: config.prowjob_namespace,
  });
  const updates: ConfigMapUpdate[] = [];
  const missing: string[] = [];
  // Where there are several they are told in a list.
  const indent = wanted.length > 1 ? "   " : " ";
  for (const update of wanted) {
    const keys = await contentsOf(update.keys, sha, repo, context);
    if ("missing" in keys) {
      missing.push(`${update.name} needs ${keys.missing}, which is no file of ${repoName(repo)} at ${sha}`);
      continue;
    }
    const { cluster, namespace, name } = update;
    updates.push({ cluster, namespace, name, keys: keys.keys, told: told(update, indent) });
  }
  if (missing.length > 0) {
    const message = `A ConfigMap cannot be updated: ${missing.join("; ")}`;
    if (updates.length === 0) throw new Error(message);
    log.error({ ...issue }, message);
  }
  if (updates.length === 0) return [];
  return [{ do: "updateConfigMaps", issue, updates, reply: replyTo(pr) }];
}

/** The commit that a pull request into the default branch has just become. */
function mergedTo({ action, pr }: PullRequestEvent): string | undefined {
  const counts = action === "closed" && pr.merged && pr.base.ref === pr.base.repo?.default_branch;
  return (counts && pr.merge_commit_sha) || undefined;
}

const replyTo = ({ body, html_url: url, user }: PullRequest): string =>
  formatReply({ login: user.login, body: body ?? "", url }, "{updated}");

/** Prow's words, one line for each key. */
function told({ cluster, keys, name, namespace }: WantedUpdate, indent: string): string {
  const place = [
    `\`${name}\` configmap`,
    ...(namespace ? [`in namespace \`${namespace}\``] : []),
    ...(cluster ? [`at cluster \`${cluster}\``] : []),
  ];
  const lines = keys.map(
    ({ key, filename }) => `${indent}- key \`${oneLine(key)}\` using file \`${oneLine(filename)}\``,
  );
  return [`${place.join(" ")} using the following files:`, ...lines].join("\n");
}

async function contentsOf(
  keys: readonly KeyUpdate[],
  sha: string,
  repo: RepoRef,
  { read }: Pick<Context, "read">,
): Promise<{ keys: ConfigMapUpdate["keys"] } | { missing: string }> {
  const contents = new Map<string, KeyContent>([[VERSION_KEY, sha]]);
  for (const { key, filename, gzip } of keys) {
    const bytes = filename ? await read.fileBytes(repo, filename, sha) : undefined;
    if (filename && !bytes) return { missing: filename };
    contents.set(key, bytes ? contentOf(gzip ? gzipped(bytes) : bytes) : null);
  }
  return { keys: [...contents].map(([key, content]) => ({ key, content })) };
}

function contentOf(bytes: Uint8Array): KeyContent {
  const buffer = Buffer.from(bytes);
  return isUtf8(buffer) ? buffer.toString("utf8") : { base64: buffer.toString("base64") };
}

/** Byte 9 names the system that it was made on; 255 is none, so that every machine makes the same. */
function gzipped(bytes: Uint8Array): Buffer {
  const made = gzipSync(bytes);
  made[9] = 255;
  return made;
}
