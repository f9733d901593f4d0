// The commands that people may type, and the plugins behind them.
import { html } from "hono/html";
import type { PluginHelp, PluginsHelp } from "../model/plugin-help.ts";
import { helpText } from "./help-text.ts";
import type { Html } from "./layout.ts";

/** `repo` narrows it to what is enabled there; "" shows every command. */
export function commandsPage(help: PluginsHelp, repo: string): Html {
  const commands = enabledPlugins(help, repo)
    .flatMap(([plugin, { Commands }]) => (Commands ?? []).map((command) => ({ plugin, ...command })))
    .sort((a, b) => Number(b.Featured) - Number(a.Featured) || a.Usage.localeCompare(b.Usage));
  return html`<h1>Commands</h1>
${repoForm(help, repo, "/command-help")}
<table class="commands"><thead><tr><th>Command</th><th>What it does</th><th>Who can use it</th><th>Examples</th><th>Plugin</th></tr></thead><tbody>
${commands.map(
  ({
    Usage,
    Description,
    WhoCanUse,
    Examples,
    plugin,
  }) => html`<tr id="${Usage.replace(/^\//, "").replace(/\W.*/s, "")}"><td><code>${Usage}</code></td><td>${helpText(Description)}</td><td data-label="For">${helpText(WhoCanUse)}</td>
<td data-label="Examples">${(Examples ?? []).map((example) => html`<code class="whole">${helpText(example)}</code><br>`)}</td><td data-label="Plugin"><a href="/plugins?repo=${repo}#${plugin}">${plugin}</a></td></tr>`,
)}</tbody></table>`;
}

export function pluginsPage(help: PluginsHelp, repo: string): Html {
  return html`<h1>Plugins</h1>
${repoForm(help, repo, "/plugins")}
${enabledPlugins(help, repo).map(
  ([
    name,
    { Description, Commands, Config },
  ]) => html`<section class="pool" id="${name}"><h2>${name}</h2><p>${helpText(Description)}</p>
${Config?.[repo] ? html`<div>${repo ? html`<strong>Here:</strong> ` : ""}${helpText(Config[repo])}</div>` : ""}
<p>${(Commands ?? []).map(({ Usage }) => html`<code>${Usage}</code><br>`)}</p></section>`,
)}`;
}

/** Our own and the external ones. */
function enabledPlugins(help: PluginsHelp, repo: string): [string, PluginHelp][] {
  const org = repo.split("/")[0]!;
  const known = { ...help.ExternalPluginHelp, ...help.PluginHelp };
  const listed = [help.RepoPlugins, help.RepoExternalPlugins];
  const names = repo
    ? listed.flatMap((of) => [...(of?.[org] ?? []), ...(of?.[repo] ?? [])])
    : Object.keys(known);
  return [...new Set(names)]
    .sort()
    .flatMap((name) => (known[name] ? [[name, known[name]] as [string, PluginHelp]] : []));
}

function repoForm({ AllRepos }: PluginsHelp, repo: string, action: string): Html {
  return html`<form class="filters" method="get" action="${action}"><label>Repository <select name="repo"><option value="">all</option>
${(AllRepos ?? []).map((name) => html`<option ${name === repo ? html`selected` : ""}>${name}</option>`)}</select></label> <button>Show</button></form>`;
}
