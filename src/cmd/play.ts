// cutwater play: what a plugin would do about a recorded delivery.
import { Registry } from "prom-client";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import type { PluginsConfig } from "../config/plugins-config.ts";
import { printEffect } from "../effects/print.ts";
import { mergedTexts } from "../git/merged-texts.ts";
import { memoised } from "../github/memoise.ts";
import type { GitHubRead } from "../github/port.ts";
import { knownEvents, normalise } from "../hook/normalise.ts";
import { apiFiles } from "../in-repo/api-files.ts";
import { inRepoMetrics } from "../in-repo/metrics.ts";
import { inRepoJobs } from "../in-repo/repo-jobs.ts";
import { centralJobs, type RepoJobs } from "../jobs/repo-jobs.ts";
import type { KubeRead } from "../kube/port.ts";
import { errorText } from "../lib/error-text.ts";
import { type FlagValues, string } from "../lib/flags.ts";
import { nearest } from "../lib/nearest.ts";
import { parseBody } from "../model/delivery.ts";
import type { Effect } from "../model/effect.ts";
import type { Event } from "../model/event.ts";
import { repoName } from "../model/github.ts";
import { MalformedError } from "../model/github-decode.ts";
import { declarations, pluginSections, plugins } from "../plugins/index.ts";
import type { Context, Plugin } from "../plugins/plugin.ts";
import { payloadReads, UntoldError } from "../tools/payload-reads.ts";
import { eventOfName, eventOfShape } from "../tools/recorded-event.ts";
import type { Host } from "./command.ts";
import { toolConfigFlags, usable, usableConfig } from "./config/tool-config.ts";
import { jsonLog } from "./process/log.ts";
import { clustersOfFlags, githubFrom } from "./wiring/connect.ts";
import { githubFlags, kubeFlags } from "./wiring/flag-groups.ts";
import { pluginTools } from "./wiring/plugin-tools.ts";
import { InputError, oneOf, readText, tool } from "./wiring/tool.ts";

const FORMATS = ["text", "json"] as const;
const BOT = "cutwater[bot]";

const playFlags = {
  ...toolConfigFlags,
  ...githubFlags,
  ...kubeFlags,
  event: string(
    "",
    "Name of the webhook event, e.g. issue_comment; default: by the file's name, or what is in it.",
  ),
  format: string("text", `How it is told: ${FORMATS.join(" or ")}.`),
};
type PlayFlags = FlagValues<typeof playFlags>;

export const play = tool("play", {
  args: "[flags] PLUGIN payload.json",
  flags: playFlags,
  async run({ values, args }, host) {
    const format = oneOf(FORMATS, values.format, "format");
    const [name, file, ...more] = args;
    if (!name || !file || more.length)
      throw new InputError("which plugin, about what? cutwater play hold payload.json (- is standard input)");
    const plugin = pluginNamed(name);
    const text = readText(file, "the payload", { stdin: true });
    const event = values.event || eventOf(file, text);
    const events = eventsIn(text, event, file);
    const configuration = configurationOf(values, host);
    warn(plugin, { event, events }, configuration.plugins, host);
    const context = await contextOf(values, configuration, events, host);
    const effects: Effect[] = [];
    for (const one of events.filter(({ kind }) => plugin.on.includes(kind)))
      effects.push(...(await handled(plugin, one, context)));
    if (format === "json") host.out(JSON.stringify(effects, undefined, 2));
    else if (effects.length) for (const effect of effects) host.out(printEffect(effect));
    else host.out(`${name} does nothing about it.`);
    return 0;
  },
});

function pluginNamed(name: string): Plugin {
  const found = plugins.find((plugin) => plugin.name === name);
  if (found) return found;
  const declared = declarations.find((plugin) => plugin.name === name);
  if (declared?.external)
    throw new InputError(
      `${name} is an external plugin: it runs by itself (cutwater ${name}) and cannot be played`,
    );
  if (declared) throw new InputError(`plugin ${name} is Prow's; Cutwater does not run it yet`);
  const near = nearest(
    name,
    plugins.map((plugin) => plugin.name),
  );
  throw new InputError(`there is no plugin ${JSON.stringify(name)}${near ? `; did you mean ${near}?` : ""}`);
}

function eventOf(file: string, text: string): string {
  const found = eventOfName(file, knownEvents) ?? eventOfShape(payloadIn(text, file));
  if (found) return found;
  throw new InputError(
    `nobody could tell which event ${file} is: give --event, the X-GitHub-Event of the delivery, e.g. --event issue_comment`,
  );
}

function payloadIn(text: string, file: string): Record<string, unknown> {
  try {
    return parseBody(text);
  } catch (error) {
    throw new InputError(`${file} is no webhook payload: ${errorText(error)}`);
  }
}

function eventsIn(text: string, event: string, file: string): Event[] {
  payloadIn(text, file);
  try {
    return normalise({ guid: "play", event, headers: {}, body: text, receivedAt: "" });
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new InputError(
      `${file} is no payload of ${event}: ${error.message}; another event is named with --event`,
    );
  }
}

interface Configuration {
  config: Config;
  plugins: PluginsConfig;
}

/** Without a config.yaml it is an empty one: most plugins need none. */
function configurationOf(values: PlayFlags, host: Host): Configuration {
  if (values["config-path"]) return usableConfig(values, host);
  const path = values["plugin-config"];
  const plugins = path ? { plugins: { path, text: readText(path, "--plugin-config") } } : {};
  const empty = { path: "plugins.yaml", text: "" };
  const files = { config: { path: "config.yaml", text: "" }, jobs: [], plugins: empty, ...plugins };
  return usable(loadConfig(files, pluginSections));
}

/** What may explain an answer that was not expected. */
function warn(
  { name, on }: Plugin,
  { event, events }: { event: string; events: readonly Event[] },
  enabled: PluginsConfig,
  host: Host,
): void {
  if (!events.some(({ kind }) => on.includes(kind)))
    host.err(`${name} does not listen to ${event}; it listens to ${on.join(", ")}.`);
  const repo = events[0]?.repo;
  const scopes = enabled.repos();
  if (repo && scopes.length && !enabled.enabled(repo).includes(name))
    host.err(`plugins.yaml does not enable ${name} for ${repoName(repo)}: there it would not be asked.`);
}

async function contextOf(
  values: PlayFlags,
  configuration: Configuration,
  events: readonly Event[],
  host: Host,
): Promise<Context> {
  const log = jsonLog("play", host.err);
  log.obey("warn");
  const signsIn = values["github-token-path"] || values["github-app-id"];
  const metrics = new Registry();
  const github: GitHubRead = signsIn
    ? (await githubFrom(values, { host, log, metrics })).read
    : (payloadReads(events, BOT) as GitHubRead);
  const read = memoised(github);
  const jobs: RepoJobs = signsIn
    ? inRepoJobs({
        sources: [apiFiles(read)],
        cacheSize: 1,
        metrics: inRepoMetrics(metrics),
        clock: host.clock,
        log,
      })
    : centralJobs;
  const hasCluster = values.kubeconfig || values["kubeconfig-dir"];
  return {
    ...configuration,
    read,
    again: () => memoised(github),
    kube: hasCluster ? (await clustersOfFlags(values, { host })).home.read : noCluster,
    jobs,
    merged: mergedTexts(signsIn ? [apiFiles(read)] : [], log),
    bot: await read.botLogin(),
    ...pluginTools(host),
    log,
  };
}

/** Without a cluster there are no ProwJobs yet. */
const noCluster: KubeRead = {
  get: async () => undefined,
  list: async () => ({ items: [], resourceVersion: "0" }),
  async *watch() {},
  podLog: async () => new ReadableStream(),
};

async function handled(plugin: Plugin, event: Event, context: Context): Promise<Effect[]> {
  try {
    return await plugin.handle(event, context);
  } catch (error) {
    if (error instanceof UntoldError) throw new InputError(`${plugin.name} cannot go on: ${error.message}`);
    throw new InputError(`${plugin.name} fails: ${errorText(error)}`);
  }
}
