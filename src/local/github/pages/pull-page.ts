// A pull request for people: conversation, checks, merge state, files, and what the chosen user may do.
import { html } from "hono/html";
import { atLeast, roleOf } from "../access.ts";
import { checksOf, contextsOf } from "../contexts.ts";
import type { FileChange } from "../git/diff.ts";
import { filesOf, trialMerge } from "../git/pull-data.ts";
import { mergeableState, protectionGaps } from "../present/mergeable-state.ts";
import type { CheckRun, Issue, Repo } from "../records.ts";
import { fullName, gitOf, type PullRequest, repoNamed } from "../world.ts";
import { diffView } from "./diff-view.ts";
import { commentForm, crumbs, type Html, label, layout, person, state, type Visit } from "./layout.ts";
import { opening, timeline } from "./timeline.ts";

const MARKS = {
  success: ["✓", "good"],
  neutral: ["✓", "good"],
  skipped: ["–", "soft"],
  pending: ["●", "busy"],
  failure: ["✗", "bad"],
  error: ["✗", "bad"],
} as const;

interface Check {
  name: string;
  state: string;
  text: string;
  url: string | null;
  buttons: Html[];
}

/** What a description carries for tide at its end is not for people. */
const BASE_SHA = /[\u2001\s]*BaseSHA:[0-9a-f]{40}$/i;

export function checksBox({ world, me }: Visit, repo: Repo, sha: string): Html {
  const may = me !== undefined && atLeast(roleOf(world, repo, me.login), "push");
  const checks: Check[] = [
    ...contextsOf(world, repo, sha).map((found) => ({
      name: found.context,
      state: found.state as string,
      text: (found.description ?? "").replace(BASE_SHA, ""),
      url: found.target_url,
      buttons: [],
    })),
    ...checksOf(world, repo, sha).map((run) => ({
      name: run.name,
      state: run.conclusion ?? "pending",
      text: run.output.title ?? run.status.replace("_", " "),
      url: run.details_url,
      buttons: may ? buttons(repo, run) : [],
    })),
  ].sort((a, b) => a.name.localeCompare(b.name));
  if (checks.length === 0) return html`<p class="soft">No statuses have been reported.</p>`;
  const rows = checks.map(({ name, state: how, text, url, buttons: shown }) => {
    const [mark, tone] = MARKS[how as keyof typeof MARKS] ?? MARKS.failure;
    const more = url ? html`<a href="${url}">Details</a>` : "";
    return html`<li><span class="mark ${tone}" role="img" aria-label="${how}">${mark}</span><span class="grow"><strong>${name}</strong> <span class="soft">${text}</span></span>${shown}${more}</li>`;
  });
  return html`<div class="box"><ul>${rows}</ul></div>`;
}

/** As GitHub has them: a run that is over can be had again, and an App may have buttons of its own. */
function buttons(repo: Repo, run: CheckRun): Html[] {
  const button = (text: string, identifier: string, title: string) =>
    html`<form method="post" action="/${fullName(repo)}/runs/${run.id}"><input type="hidden" name="identifier" value="${identifier}"><button title="${title}">${text}</button></form> `;
  return [
    ...(run.status === "completed" && run.app !== null ? [button("Re-run", "", "Run it again")] : []),
    ...(run.actions ?? []).map(({ label: text, identifier, description }) =>
      button(text, identifier, description),
    ),
  ];
}

const SENTENCES: Record<string, [string, string]> = {
  clean: ["good", "This branch has no conflicts with the base branch and everything is green."],
  unchecked: ["busy", "Waiting for checks: nothing has been reported yet."],
  unstable: ["busy", "This branch has no conflicts with the base branch; not every check is green."],
  dirty: ["bad", "This branch has conflicts that must be resolved."],
  blocked: ["bad", "Merging is blocked."],
  draft: ["soft", "This pull request is still a draft."],
};

async function mergeBox({ world, me }: Visit, repo: Repo, pr: PullRequest): Promise<Html> {
  if (pr.pull.merged_at) return html`<p class="done">Merged into <code>${pr.pull.base}</code>.</p>`;
  if (pr.state === "closed") return html`<p class="soft">Closed without being merged.</p>`;
  const how = mergeableState(world, pr, await trialMerge(world, pr));
  const unchecked =
    how === "clean" && ![contextsOf, checksOf].some((of) => of(world, repo, pr.pull.head_sha).length);
  const [tone = "soft", sentence = ""] = SENTENCES[unchecked ? "unchecked" : how] ?? [];
  const gaps = protectionGaps(world, pr).map((gap) => html`<li>${gap}</li>`);
  const may =
    me && atLeast(roleOf(world, repo, me.login), "push") && !["dirty", "draft", "blocked"].includes(how);
  const form = may
    ? html`<form class="row" method="post" action="/${fullName(repo)}/pull/${pr.number}/merge"><select name="method" aria-label="How to merge"><option value="merge">Merge commit</option><option value="squash">Squash</option><option value="rebase">Rebase</option></select><button>Merge by hand</button></form>`
    : "";
  return html`<div class="box"><div class="body"><p class="${tone}"><strong>${sentence}</strong></p>${gaps.length > 0 ? html`<ul>${gaps}</ul>` : ""}${form}</div></div>`;
}

/** Edits one changed file and commits it to the head as the pull request's author. */
async function fixForm(
  { world }: Visit,
  repo: Repo,
  pr: PullRequest,
  files: FileChange[],
  wanted: string | undefined,
): Promise<Html> {
  const editable = files.filter((file) => file.status !== "removed" && file.patch !== undefined);
  const head = pr.pull.head_repo ? repoNamed(world, pr.pull.head_repo) : undefined;
  const chosen = editable.find((file) => file.filename === wanted) ?? editable[0];
  if (pr.state === "closed" || !head || !chosen) return html``;
  const git = gitOf(world, repo);
  const content = (await git.blob(chosen.sha)).toString();
  const others = editable.map(({ filename }) =>
    filename === chosen.filename
      ? html`<strong><code>${filename}</code></strong> `
      : html`<a href="?fix=${encodeURIComponent(filename)}#fix"><code>${filename}</code></a> `,
  );
  return html`<details class="box" id="fix" ${wanted ? "open" : ""}><summary class="head">Push a fix</summary>
<form class="body" method="post" action="/${fullName(repo)}/pull/${pr.number}/fix">
<p>${others}</p>
<input type="hidden" name="path" value="${chosen.filename}">
<p><label for="content">New content of ${chosen.filename}</label><textarea class="code" id="content" name="content" spellcheck="false">
${content}</textarea></p>
<p><label for="message">Commit message</label><input type="text" id="message" name="message" value="Fix ${chosen.filename}"></p>
<button class="main">Commit to ${pr.pull.head} as ${pr.user}</button></form></details>`;
}

const list = (shown: Html[], empty: string): Html =>
  shown.length > 0 ? html`${shown}` : html`<span class="soft">${empty}</span>`;

export function sidebar({ world }: Visit, repo: Repo, issue: Issue): Html {
  const milestone = repo.milestones.find((found) => found.number === issue.milestone);
  const reviewers = (issue.pull?.requested_reviewers ?? []).map(
    (login) => html`<p>${person(world, login)}</p>`,
  );
  return html`<aside id="side" data-live>
<h2>Labels</h2><div class="row">${list(
    issue.labels.map((name) => label(repo, name)),
    "None yet",
  )}</div>
${issue.pull ? html`<h2>Requested reviewers</h2>${list(reviewers, "None")}` : ""}
<h2>Assignees</h2>${list(
    issue.assignees.map((login) => html`<p>${person(world, login)}</p>`),
    "None",
  )}
<h2>Milestone</h2>${milestone ? milestone.title : html`<span class="soft">None</span>`}
</aside>`;
}

export function stateForm({ me }: Visit, repo: Repo, issue: Issue): Html {
  if (!me || issue.pull?.merged_at) return html``;
  const to = issue.state === "open" ? "closed" : "open";
  const kind = issue.pull ? "pull" : "issues";
  return html`<form method="post" action="/${fullName(repo)}/${kind}/${issue.number}/state"><input type="hidden" name="state" value="${to}"><button>${to === "closed" ? "Close" : "Reopen"}</button></form>`;
}

export async function pullPage(
  visit: Visit,
  repo: Repo,
  pr: PullRequest,
  fix: string | undefined,
): Promise<Html> {
  const { world } = visit;
  const files = await filesOf(world, pr);
  const from =
    pr.pull.head_repo === fullName(repo)
      ? pr.pull.head
      : `${pr.pull.head_repo?.split("/")[0] ?? "gone"}:${pr.pull.head}`;
  const path = `/${fullName(repo)}/pull/${pr.number}`;
  return layout(visit, `${pr.title} · ${fullName(repo)}#${pr.number}`, [
    crumbs(repo, html`<a href="/${fullName(repo)}/pulls">Pull requests</a>`),
    html`<div id="title" data-live><h1>${pr.title} <span class="soft">#${pr.number}</span></h1>
<p class="row">${state(pr)} <span class="soft"><strong>${pr.user}</strong> wants to merge <code>${from}</code> into <code>${pr.pull.base}</code> · <a href="#files">${files.length} changed ${files.length === 1 ? "file" : "files"}</a></span></p></div>
<div class="columns"><div>
<div id="talk" data-live>${opening(world, pr)}${await timeline(world, repo, pr)}</div>
<div id="state" data-live><h2>Checks</h2>${checksBox(visit, repo, pr.pull.head_sha)}${await mergeBox(visit, repo, pr)}</div>
${commentForm(visit, `${path}/comment`)}
<div class="row">${stateForm(visit, repo, pr)}</div>
${await fixForm(visit, repo, pr, files, fix)}
</div>${sidebar(visit, repo, pr)}</div>
<h2 id="files">Files changed</h2>
<div id="diff" data-live>${diffView(repo, pr.pull.head_sha, files)}</div>`,
  ]);
}
