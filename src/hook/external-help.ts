// The help of external plugins: they are asked for it, as Prow asks them, and Prow's own are known if they do not answer.
import type { PluginsConfig } from "../config/plugins-config.ts";
import { compareText } from "../lib/compare-text.ts";
import { joinPath } from "../lib/go/path.ts";
import type { Logger } from "../lib/logger.ts";
import { isRecord } from "../lib/schema.ts";
import { textUpTo } from "../lib/text-up-to.ts";
import { refOfScope } from "../model/github.ts";
import type { PluginHelp } from "../model/plugin-help.ts";
import type { PluginDeclaration } from "../plugins/plugin.ts";
import { type Inside, insideOf } from "./hand-over.ts";
import { helpOfExternal } from "./help-entry.ts";

/** Somebody waits for a page. */
const TIMEOUT_MS = 1_000;
const MOST_BYTES = 1_000_000;

interface Deps {
  inside?: Inside;
  declared: readonly PluginDeclaration[];
  web: typeof fetch;
  log: Logger;
}

type External = ReturnType<PluginsConfig["external"]>[number];

/** `expanded`: repositories by the scopes of plugins.yaml. */
export function externalHelps({ declared, inside, log, web }: Deps) {
  const known = new Map(declared.filter(({ external }) => external).map((plugin) => [plugin.name, plugin]));
  return async (
    config: PluginsConfig,
    expanded: ReadonlyMap<string, string[]>,
  ): Promise<Record<string, PluginHelp>> => {
    const scopes = Object.entries(config.scopes().external);
    // Of several of one name the last counts.
    const entries = new Map(scopes.flatMap(([, list]) => list.map((entry) => [entry.name ?? "", entry])));
    const reposOf = (name: string) =>
      scopes.flatMap(([scope, list]) =>
        list.some((entry) => entry.name === name) ? (expanded.get(scope) ?? []) : [],
      );
    const helps = await Promise.all(
      [...entries].map(async ([name, entry]): Promise<[string, PluginHelp] | undefined> => {
        const Events = entry.events ?? null;
        const declaration = known.get(name);
        if (declaration && insideOf(inside, entry))
          return [name, helpOfExternal(declaration, config, Events)];
        if (entry.probot) return [name, { ...guestHelp(entry.probot), Events }];
        try {
          return [name, { ...(await ask(entry, reposOf(name), web)), Events }];
        } catch (error) {
          log.error({ error }, `Getting help from external plugin ${JSON.stringify(name)}.`);
          return declaration && [name, helpOfExternal(declaration, config, Events)];
        }
      }),
    );
    const told = helps.filter((help) => help !== undefined);
    return Object.fromEntries(told.sort(([a], [b]) => compareText(a, b)));
  };
}

/** A Probot app does not say what it does. */
const guestHelp = (probot: string): PluginHelp => ({
  Description: `The Probot app ${probot}, which runs in hook.`,
  Config: null,
  Events: null,
  Commands: [],
});

async function ask({ endpoint = "" }: External, repos: string[], web: typeof fetch): Promise<PluginHelp> {
  const url = new URL(endpoint);
  url.pathname = joinPath(url.pathname, "help");
  const body = JSON.stringify(repos.map(orgRepo));
  const response = await web(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { text, whole } = await textUpTo(response, MOST_BYTES);
  if (!response.ok) throw new Error(`post to ${url} failed with status ${response.status}`);
  if (!whole) throw new Error(`${url} answers with more than ${MOST_BYTES} bytes`);
  return decode(JSON.parse(text));
}

function orgRepo(name: string): { Org: string; Repo: string } {
  const { org: Org, repo: Repo } = refOfScope(name);
  return { Org, Repo };
}

/** What is not of its type is left out, as if it were not there. */
function decode(value: unknown): PluginHelp {
  if (!isRecord(value)) throw new Error("the help is no object");
  const { Commands, Config, Description, Snippet } = value;
  return {
    Description: textOf(Description),
    Config: isRecord(Config)
      ? Object.fromEntries(Object.entries(Config).map(([repo, explained]) => [repo, textOf(explained)]))
      : null,
    Events: null,
    Commands: Array.isArray(Commands) ? Commands.filter(isRecord).map(commandOf) : null,
    ...(textOf(Snippet) && { Snippet: textOf(Snippet) }),
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const commandOf = ({ Examples, ...command }: Record<string, unknown>) => ({
  Usage: textOf(command["Usage"]),
  Featured: command["Featured"] === true,
  Description: textOf(command["Description"]),
  Examples: Array.isArray(Examples) ? Examples.map(textOf) : null,
  WhoCanUse: textOf(command["WhoCanUse"]),
});
