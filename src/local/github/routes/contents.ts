// REST: the files of a repository, read and written.
import { commitToBranch } from "../acts/repositories.ts";
import { ApiError, invalid, notFound, unprocessable } from "../api-error.ts";
import { type Call, CONTENTS, type Handler, ok, type Reply, type Route, route } from "../call.ts";
import type { TreeEntry } from "../git/repository.ts";
import { gitCommit } from "../present/commit.ts";
import { repoPage, repoUrl } from "../present/repository.ts";
import { gitOf } from "../world.ts";
import { lines } from "./git-data.ts";

const raw = (content: Uint8Array): Reply => ({
  status: 200,
  raw: { type: "application/vnd.github.raw; charset=utf-8", content },
});

function describe(call: Call, entry: TreeEntry, ref: string) {
  const { world, repo } = call;
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const type =
    entry.type === "tree"
      ? "dir"
      : entry.type === "commit"
        ? "submodule"
        : entry.mode === "120000"
          ? "symlink"
          : "file";
  const self = `${repoUrl(world, repo)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${repoUrl(world, repo)}/git/${entry.type}s/${entry.sha}`;
  const html = `${repoPage(world, repo)}/${entry.type === "tree" ? "tree" : "blob"}/${ref}/${path}`;
  return {
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url: type === "file" ? `${repoPage(world, repo)}/raw/${ref}/${path}` : null,
    type,
    _links: { self, git, html },
  };
}

async function read(call: Call, path: string): Promise<Reply> {
  const { repo, world } = call;
  const git = gitOf(world, repo);
  const ref = call.query.get("ref") || repo.default_branch;
  const commit = await git.resolve(ref);
  if (!commit)
    throw call.query.get("ref")
      ? new ApiError(404, `No commit found for the ref ${ref}`)
      : new ApiError(404, "This repository is empty.");
  const entry = await git.entry(commit, path);
  if (!entry) throw notFound();
  if (entry.type === "tree") {
    const base = entry.path ? `${entry.path}/` : "";
    const children = await git.tree(entry.sha);
    return ok(children.map((child) => describe(call, { ...child, path: base + child.path }, ref)));
  }
  const content = await git.blob(entry.sha);
  if (/\braw\b/.test(call.accept)) return raw(content);
  const target = entry.mode === "120000" ? { target: content.toString() } : {};
  return ok({
    ...describe(call, entry, ref),
    ...target,
    encoding: "base64",
    content: lines(content.toString("base64")),
  });
}

const get: Handler = (call) => read(call, call.params["path"] ?? "");

const readme: Handler = async (call) => {
  const git = gitOf(call.world, call.repo);
  const commit = await git.resolve(call.query.get("ref") || call.repo.default_branch);
  const found = commit && (await git.tree(commit)).find((entry) => /^readme(\.\w+)?$/i.test(entry.path));
  if (!found) throw notFound();
  return read(call, found.path);
};

type Person = { name: string; email: string; date?: string } | undefined;

/** PUT writes a file, DELETE removes it; the blob that is there must be named, so that no change is lost. */
const write: Handler = async (call) => {
  const { world, repo, body } = call;
  call.need(CONTENTS);
  const path = call.param("path");
  const branch = call.text("branch") ?? repo.default_branch;
  const git = gitOf(world, repo);
  const head = await git.branch(branch);
  if (!head && (await git.branches()).length > 0) throw new ApiError(404, `Branch ${branch} not found`);
  const known = head ? await git.entry(head, path) : undefined;
  const removing = call.method === "DELETE";
  if (removing && !known) throw notFound();
  const sha = call.text("sha");
  if (known && !sha) throw unprocessable(`Invalid request.\n\n"sha" wasn't supplied.`);
  if (known && sha !== known.sha) throw new ApiError(409, `${path} does not match ${sha}`);
  const content = removing ? null : Buffer.from(call.text("content") ?? "", "base64");
  if (path.split("/").some((part) => part === "" || part === ".." || part === ".git"))
    throw invalid("Content", "path");
  const commit = await commitToBranch(world, repo, call.account.login, {
    branch,
    files: { [path]: content },
    message: call.text("message") ?? `${removing ? "Delete" : known ? "Update" : "Create"} ${path}`,
    author: body["author"] as Person,
    committer: body["committer"] as Person,
  });
  const entry = removing ? undefined : await git.entry(commit, path);
  return {
    status: known ? 200 : 201,
    body: {
      content: entry ? describe(call, entry, branch) : null,
      commit: gitCommit(world, repo, await git.commit(commit)),
    },
  };
};

const CONTENTS_URL = "/repos/:owner/:repo/contents";

export const contentRoutes: Route[] = [
  route("GET", CONTENTS_URL, get),
  route("GET", `${CONTENTS_URL}/`, get),
  route("GET", `${CONTENTS_URL}/:path{.+}`, get),
  route("PUT", `${CONTENTS_URL}/:path{.+}`, write),
  route("DELETE", `${CONTENTS_URL}/:path{.+}`, write),
  route("GET", "/repos/:owner/:repo/readme", readme),
];
