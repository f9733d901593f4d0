// REST: commits, comparisons, branches, tags, and merging one branch into another.
import { signatureOf } from "../acts/merge.ts";
import { moveRef } from "../acts/refs.ts";
import { ApiError, notFound, unprocessable } from "../api-error.ts";
import {
  ADMIN,
  type Call,
  CONTENTS,
  created,
  type Handler,
  none,
  ok,
  paged,
  type Route,
  route,
} from "../call.ts";
import { changedFiles, diffText, EMPTY_TREE, patchText } from "../git/diff.ts";
import { mergedTree } from "../git/write.ts";
import { nodeId } from "../present/account.ts";
import { fullCommit, commit as present, file as presentFile } from "../present/commit.ts";
import { restListedPull } from "../present/pull.ts";
import { repoPage, repoUrl } from "../present/repository.ts";
import { gitOf, pullsOf } from "../world.ts";
import { presentProtection } from "./protection.ts";

async function resolve(call: Call, name: string): Promise<string> {
  const sha = await gitOf(call.world, call.repo).resolve(decodeURIComponent(name));
  if (sha) return sha;
  throw /^[0-9a-f]{40}$/.test(name) ? unprocessable(`No commit found for SHA: ${name}`) : notFound();
}

const list: Handler = async (call) => {
  const { world, repo, query } = call;
  const git = gitOf(world, repo);
  if ((await git.branches()).length === 0) throw new ApiError(409, "Git Repository is empty.");
  const from = await resolve(call, query.get("sha") ?? repo.default_branch);
  const path = query.get("path");
  const shas = await git.log(from, path ? { path } : {});
  const since = query.get("since");
  const until = query.get("until");
  const kept = [];
  for (const sha of shas) {
    if (!since && !until) kept.push(sha);
    else {
      const at = Date.parse((await git.commit(sha)).committer.date);
      if ((!since || at >= Date.parse(since)) && (!until || at <= Date.parse(until))) kept.push(sha);
    }
  }
  return paged(call, kept, async (sha) => present(world, repo, await git.commit(sha)));
};

const get: Handler = async (call) => {
  const { world, repo, accept } = call;
  const git = gitOf(world, repo);
  const sha = await resolve(call, call.param("ref"));
  const data = await git.commit(sha);
  if (/\bsha\b/.test(accept))
    return { status: 200, raw: { type: "application/vnd.github.sha; charset=utf-8", content: sha } };
  if (/\.(diff|patch)\b/.test(accept)) {
    const make = accept.includes(".patch") ? patchText : diffText;
    const content = await make(git, data.parents[0] ?? EMPTY_TREE, sha);
    return { status: 200, raw: { type: "text/plain; charset=utf-8", content } };
  }
  return ok(await fullCommit(world, repo, data));
};

const compare: Handler = async (call) => {
  const { world, repo, accept } = call;
  const git = gitOf(world, repo);
  const [from = "", to = ""] = call
    .param("range")
    .split("...")
    .map((side) => side.replace(/^[^:]+:/, ""));
  const base = await resolve(call, from);
  const head = await resolve(call, to);
  const common = await git.mergeBase(base, head);
  if (!common) throw notFound();
  if (/\.(diff|patch)\b/.test(accept)) {
    const content = await (accept.includes(".patch") ? patchText : diffText)(git, common, head);
    return { status: 200, raw: { type: "text/plain; charset=utf-8", content } };
  }
  const ahead = (await git.log(head, { not: base })).reverse();
  const behind = (await git.log(base, { not: head })).length;
  const page = `${repoPage(world, repo)}/compare/${from}...${to}`;
  const files = await changedFiles(git, common, head);
  const compared = {
    url: `${repoUrl(world, repo)}/compare/${from}...${to}`,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: present(world, repo, await git.commit(base)),
    merge_base_commit: present(world, repo, await git.commit(common)),
    status: ahead.length > 0 ? (behind > 0 ? "diverged" : "ahead") : behind > 0 ? "behind" : "identical",
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    files: files.map((file) => presentFile(world, repo, head, file)),
  };
  const show = async (sha: string) => present(world, repo, await git.commit(sha));
  // In pages only when asked for so.
  if (call.query.has("page") || call.query.has("per_page"))
    return paged(call, ahead, show, (commits) => ({ ...compared, commits }));
  return ok({ ...compared, commits: await Promise.all(ahead.slice(0, 250).map(show)) });
};

const pullsOfCommit: Handler = async (call) => {
  const { world, repo } = call;
  const sha = await resolve(call, call.param("sha"));
  const found = pullsOf(world, repo).filter(
    ({ pull }) => pull.head_sha === sha || pull.merge_commit_sha === sha,
  );
  return paged(call, found, (pr) => restListedPull(world, pr));
};

const shortBranch = (call: Call, name: string, sha: string) => ({
  name,
  commit: { sha, url: `${repoUrl(call.world, call.repo)}/commits/${sha}` },
  protected: call.repo.protection[name] !== undefined,
});

const branches: Handler = async (call) => {
  const wanted = call.query.get("protected");
  const all = (await gitOf(call.world, call.repo).branches()).map(([name, sha]) =>
    shortBranch(call, name, sha),
  );
  const shown = wanted === null ? all : all.filter((branch) => String(branch.protected) === wanted);
  return paged(call, shown, (branch) => branch);
};

const branch: Handler = async (call) => {
  const { world, repo } = call;
  const name = call.param("branch");
  const git = gitOf(world, repo);
  const sha = await git.branch(name);
  if (!sha) throw new ApiError(404, "Branch not found");
  const url = `${repoUrl(world, repo)}/branches/${name}`;
  const protection = repo.protection[name];
  return ok({
    ...shortBranch(call, name, sha),
    commit: present(world, repo, await git.commit(sha)),
    _links: { self: url, html: `${repoPage(world, repo)}/tree/${name}` },
    protection: protection
      ? { ...presentProtection(protection, `${url}/protection`), enabled: true }
      : { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } },
    protection_url: `${url}/protection`,
  });
};

const tags: Handler = async (call) => {
  const { world, repo } = call;
  const git = gitOf(world, repo);
  const names = [...(await git.refs()).keys()]
    .filter((ref) => ref.startsWith("refs/tags/"))
    .map((ref) => ref.slice(10));
  const url = repoUrl(world, repo);
  return paged(call, names.reverse(), async (name) => {
    const sha = (await git.resolve(`tags/${name}`)) ?? "";
    return {
      name,
      commit: { sha, url: `${url}/commits/${sha}` },
      zipball_url: `${url}/zipball/refs/tags/${name}`,
      tarball_url: `${url}/tarball/refs/tags/${name}`,
      node_id: nodeId("Ref", name),
    };
  });
};

const merge: Handler = async (call) => {
  const { world, repo } = call;
  call.need(CONTENTS);
  const git = gitOf(world, repo);
  const base = call.requiredText("base", "Merge");
  const from = call.requiredText("head", "Merge");
  return git.exclusive(async () => {
    const ours = await git.branch(base);
    if (!ours) throw new ApiError(404, "Base does not exist");
    const theirs = await git.resolve(from);
    if (!theirs) throw new ApiError(404, "Head does not exist");
    if (await git.isAncestor(theirs, ours)) return none;
    const tree = await mergedTree(git, ours, theirs);
    if (tree === undefined) throw new ApiError(409, "Merge conflict");
    const author = signatureOf(world, call.account.login);
    const message = call.text("commit_message") ?? `Merge ${from} into ${base}`;
    const sha = await git.commitTree({ tree, parents: [ours, theirs], message, author, committer: author });
    await moveRef(world, repo, call.account.login, `refs/heads/${base}`, sha);
    return created(present(world, repo, await git.commit(sha)));
  });
};

const renameBranch: Handler = async (call) => {
  const { world, repo } = call;
  call.need(ADMIN);
  const git = gitOf(world, repo);
  const from = call.param("branch");
  const to = call.requiredText("new_name", "Branch");
  const sha = await git.branch(from);
  if (!sha) throw notFound();
  if (repo.default_branch === from) repo.default_branch = to;
  await moveRef(world, repo, call.account.login, `refs/heads/${to}`, sha);
  await moveRef(world, repo, call.account.login, `refs/heads/${from}`, undefined);
  return created(shortBranch(call, to, sha));
};

const REPO = "/repos/:owner/:repo";

export const commitRoutes: Route[] = [
  route("GET", `${REPO}/commits`, list),
  route("GET", `${REPO}/commits/:sha/pulls`, pullsOfCommit),
  route("GET", `${REPO}/compare/:range{.+}`, compare),
  route("GET", `${REPO}/branches`, branches),
  route("POST", `${REPO}/branches/:branch{.+}/rename`, renameBranch),
  route("GET", `${REPO}/tags`, tags),
  route("POST", `${REPO}/merges`, merge),
];

/** Registered after every route that goes on below a commit or a branch, since names may have slashes. */
export const commitFallbacks: Route[] = [
  route("GET", `${REPO}/commits/:ref{.+}`, get),
  route("GET", `${REPO}/branches/:branch{.+}`, branch),
];
