// Changed files as a person reads them.
import { html } from "hono/html";
import type { FileChange } from "../git/diff.ts";
import type { Repo } from "../records.ts";
import { fullName } from "../world.ts";
import type { Html } from "./layout.ts";

/** Longer diffs are cut, so that a page stays a page. */
const MOST_LINES = 1500;

export function diffView(repo: Repo, sha: string, files: FileChange[]): Html[] {
  return files.map((file) => {
    const name = file.previous_filename ? `${file.previous_filename} → ${file.filename}` : file.filename;
    const body =
      file.patch === undefined
        ? html`<p class="body soft">Binary file or no change of content.</p>`
        : rows(file.patch);
    return html`<section class="box">
<div class="head"><a class="grow" href="/${fullName(repo)}/blob/${sha}/${file.filename}"><code>${name}</code></a>
<span class="soft">${file.status}</span> <span class="good">+${file.additions}</span> <span class="bad">−${file.deletions}</span></div>
${body}</section>`;
  });
}

function rows(patch: string): Html {
  let old = 0;
  let now = 0;
  const lines = patch.split("\n").slice(0, MOST_LINES);
  const shown = lines.map((line) => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (hunk) {
      old = Number(hunk[1]);
      now = Number(hunk[2]);
      return html`<tr class="hunk"><td class="n"></td><td class="n"></td><td>${line}</td></tr>`;
    }
    if (line.startsWith("+"))
      return html`<tr class="plus"><td class="n"></td><td class="n">${now++}</td><td>${line}</td></tr>`;
    if (line.startsWith("-"))
      return html`<tr class="minus"><td class="n">${old++}</td><td class="n"></td><td>${line}</td></tr>`;
    if (line.startsWith("\\"))
      return html`<tr class="hunk"><td class="n"></td><td class="n"></td><td>${line}</td></tr>`;
    return html`<tr><td class="n">${old++}</td><td class="n">${now++}</td><td>${line}</td></tr>`;
  });
  return html`<div class="wide"><table class="diff">${shown}</table></div>`;
}
