// Pages of a repository: overview, files, lists of pull requests and issues, one commit, one issue.
import { html } from "hono/html";
import { canSee } from "../access.ts";
import { combinedState, contextsOf } from "../contexts.ts";
import type { CommitData, TreeEntry } from "../git/repository.ts";
import { commitFiles } from "../present/commit.ts";
import type { Issue, Repo } from "../records.ts";
import { fullName, gitOf, isPull, pullsOf } from "../world.ts";
import { diffView } from "./diff-view.ts";
import {
  commentForm,
  crumbs,
  type Html,
  label,
  layout,
  person,
  rendered,
  sha,
  state,
  time,
  type Visit,
} from "./layout.ts";
import { checksBox, sidebar, stateForm } from "./pull-page.ts";
import { opening, timeline } from "./timeline.ts";

export function home(visit: Visit, owner?: string): Html {
  const { world, me } = visit;
  const actor = { ...(me ? { account: me } : {}), key: "" };
  const repos = world.store.repos
    .all()
    .filter((repo) => canSee(world, actor, repo) && (!owner || repo.owner === owner));
  const rows = repos.map((repo) => {
    const open = pullsOf(world, repo).filter((pr) => pr.state === "open").length;
    return html`<li><span class="grow"><a href="/${fullName(repo)}"><strong>${fullName(repo)}</strong></a> ${repo.parent ? html`<span class="soft">fork of ${repo.parent}</span>` : ""}<br><span class="soft">${repo.description ?? ""}</span></span><a href="/${fullName(repo)}/pulls">${open} open</a></li>`;
  });
  const none = html`<p class="soft">There are no repositories yet.</p>`;
  return layout(visit, owner ?? "Repositories", [
    html`<h1>${owner ?? "Repositories"}</h1>`,
    rows.length > 0 ? html`<div class="box"><ul>${rows}</ul></div>` : none,
  ]);
}

const TONES = { success: "good", failure: "bad", pending: "busy" } as const;

function issueRows({ world }: Visit, repo: Repo, issues: Issue[]): Html {
  const rows = issues.map((issue) => {
    const kind = issue.pull ? "pull" : "issues";
    const statuses = issue.pull ? contextsOf(world, repo, issue.pull.head_sha) : [];
    const how = combinedState(statuses);
    const dot = statuses.length > 0 ? html`<span class="${TONES[how]}" title="${how}">●</span>` : "";
    return html`<li>${state(issue)}<span class="grow"><a href="/${fullName(repo)}/${kind}/${issue.number}"><strong>${issue.title}</strong></a> ${dot} <span class="soft">#${issue.number} by ${issue.user}</span></span><span class="row">${issue.labels.map((name) => label(repo, name))}</span></li>`;
  });
  return rows.length > 0 ? html`<div class="box"><ul>${rows}</ul></div>` : html`<p class="soft">None.</p>`;
}

export function issueList(visit: Visit, repo: Repo, kind: "pulls" | "issues", which: string): Html {
  const all = visit.world.store.issues
    .in(String(repo.id))
    .filter((issue) => isPull(issue) === (kind === "pulls"));
  const shown = all.filter((issue) => which === "all" || issue.state === which).reverse();
  const title = kind === "pulls" ? "Pull requests" : "Issues";
  const tabs = ["open", "closed", "all"].map(
    (name) => html`<a href="?state=${name}" ${name === which ? 'aria-current="page"' : ""}>${name}</a> `,
  );
  return layout(visit, `${title} · ${fullName(repo)}`, [
    crumbs(repo),
    html`<h1>${title}</h1><p class="row">${tabs}</p><div id="list" data-live>${issueRows(visit, repo, shown)}</div>`,
  ]);
}

/** Outlines of 16 by 16; a font with pictures is not everywhere. */
const ICONS = {
  tree: "M1.5 3.5v9h13v-7.5h-6.5l-1.5-1.5z",
  blob: "M3.5 1.5v13h9v-9.5l-3.5-3.5zM9 1.5v3.5h3.5",
};

const icon = (path: string): Html =>
  html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" aria-hidden="true"><path d="${path}"/></svg>`;

const fileRows = (repo: Repo, ref: string, entries: TreeEntry[], base: string): Html => {
  const sorted = [...entries].sort(
    (a, b) => a.type.localeCompare(b.type) * -1 || a.path.localeCompare(b.path),
  );
  const rows = sorted.map(({ path, type }) => {
    const kind = type === "tree" ? "tree" : "blob";
    return html`<li>${icon(ICONS[kind])} <a class="grow" href="/${fullName(repo)}/${kind}/${ref}/${base}${path}">${path}</a></li>`;
  });
  return html`<div class="box"><ul>${rows}</ul></div>`;
};

export async function overview(visit: Visit, repo: Repo): Promise<Html> {
  const { world } = visit;
  const git = gitOf(world, repo);
  const head = await git.branch(repo.default_branch);
  const entries = head ? await git.tree((await git.commit(head)).tree) : [];
  const readme = entries.find((entry) => /^readme(\.md)?$/i.test(entry.path));
  const text = readme ? (await git.blob(readme.sha)).toString() : undefined;
  const open = pullsOf(world, repo)
    .filter((pr) => pr.state === "open")
    .reverse();
  const tip = head ? await git.commit(head) : undefined;
  return layout(visit, fullName(repo), [
    crumbs(repo),
    html`<p class="soft">${repo.description ?? ""} ${repo.parent ? html`Fork of <a href="/${repo.parent}">${repo.parent}</a>.` : ""}</p>
<div id="pulls" data-live><h2><a href="/${fullName(repo)}/pulls">Pull requests</a></h2>${issueRows(visit, repo, open)}</div>
<p class="row"><a href="/${fullName(repo)}/issues">Issues</a> · <span class="soft">Open a pull request: choose a file below and edit it.</span></p>
<h2>Files on <code>${repo.default_branch}</code></h2>
${tip ? html`<p class="soft">${sha(repo, tip.sha)} ${tip.message.split("\n")[0]} · ${time(tip.committer.date)}</p>` : html`<p class="soft">This repository is empty. Clone it from <code>${world.url}/${fullName(repo)}.git</code>.</p>`}
${fileRows(repo, repo.default_branch, entries, "")}
${text === undefined ? "" : html`<div class="box"><div class="head"><strong>${readme?.path ?? ""}</strong></div><div class="body">${rendered(text)}</div></div>`}`,
  ]);
}

/** A directory, or a file with a way to edit it into a pull request. */
export async function filePage(visit: Visit, repo: Repo, ref: string, entry: TreeEntry): Promise<Html> {
  const git = gitOf(visit.world, repo);
  const title = html`<h1><code>${entry.path || repo.name}</code> <span class="soft">on ${ref}</span></h1>`;
  const page = (body: Html) =>
    layout(visit, `${entry.path} · ${fullName(repo)}`, [crumbs(repo), title, body]);
  if (entry.type === "tree")
    return page(fileRows(repo, ref, await git.tree(entry.sha), entry.path ? `${entry.path}/` : ""));
  const content = await git.blob(entry.sha);
  if (content.includes(0))
    return page(html`<p><a href="/${fullName(repo)}/raw/${ref}/${entry.path}">Binary file</a></p>`);
  const text = content.toString();
  const branch = (await git.branch(ref)) ? ref : repo.default_branch;
  return page(html`<p class="row"><a href="/${fullName(repo)}/raw/${ref}/${entry.path}">Raw</a></p>
<div class="box"><div class="body">${/\.md$/i.test(entry.path) ? rendered(text) : html`<pre><code>${text}</code></pre>`}</div></div>
${editForm(visit, repo, branch, entry.path, text)}`);
}

function editForm({ me }: Visit, repo: Repo, branch: string, path: string, text: string): Html {
  if (!me) return html``;
  return html`<details class="box" id="edit"><summary class="head">Edit this file and open a pull request as ${me.login}</summary>
<form class="body" method="post" action="/${fullName(repo)}/edit">
<input type="hidden" name="base" value="${branch}"><input type="hidden" name="path" value="${path}">
<p><label for="content">New content</label><textarea class="code" id="content" name="content" spellcheck="false">
${text}</textarea></p>
<p><label for="title">Title</label><input type="text" id="title" name="title" required value="Change ${path}"></p>
<p><label for="description">Description</label><textarea id="description" name="body"></textarea></p>
<button class="main">Open a pull request</button></form></details>`;
}

export async function commitPage(visit: Visit, repo: Repo, data: CommitData): Promise<Html> {
  const [title = "", ...rest] = data.message.split("\n");
  const files = await commitFiles(visit.world, repo, data);
  return layout(visit, `${title} · ${fullName(repo)}`, [
    crumbs(repo, html`commit ${data.sha.slice(0, 7)}`),
    html`<h1>${title}</h1><pre>${rest.join("\n").trim()}</pre>
<p class="soft">${data.author.name} · ${time(data.author.date)} · parents ${data.parents.map((parent) => html`${sha(repo, parent)} `)}</p>
<div id="state" data-live><h2>Checks</h2>${checksBox(visit, repo, data.sha)}</div>
<h2>Files changed</h2>${diffView(repo, data.sha, files)}`,
  ]);
}

export async function issuePage(visit: Visit, repo: Repo, issue: Issue): Promise<Html> {
  const path = `/${fullName(repo)}/issues/${issue.number}`;
  return layout(visit, `${issue.title} · ${fullName(repo)}#${issue.number}`, [
    crumbs(repo, html`<a href="/${fullName(repo)}/issues">Issues</a>`),
    html`<div id="title" data-live><h1>${issue.title} <span class="soft">#${issue.number}</span></h1><p class="row">${state(issue)} ${person(visit.world, issue.user)}</p></div>
<div class="columns"><div><div id="talk" data-live>${opening(visit.world, issue)}${await timeline(visit.world, repo, issue)}</div>
${commentForm(visit, `${path}/comment`)}<div class="row">${stateForm(visit, repo, issue)}</div></div>${sidebar(visit, repo, issue)}</div>`,
  ]);
}
