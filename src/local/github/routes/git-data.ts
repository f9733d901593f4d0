// REST: the git database (refs, commits, trees, blobs, tags).
import { timestamp } from "../../../lib/timestamp.ts";
import { signatureOf } from "../acts/merge.ts";
import { moveRef } from "../acts/refs.ts";
import { invalid, notFound, unprocessable } from "../api-error.ts";
import { type Call, CONTENTS, created, type Handler, none, ok, type Route, route } from "../call.ts";
import type { Signature } from "../git/repository.ts";
import { writeTree } from "../git/write.ts";
import { nodeId } from "../present/account.ts";
import { gitCommit } from "../present/commit.ts";
import { repoUrl } from "../present/repository.ts";
import { gitOf } from "../world.ts";

async function presentRef(call: Call, ref: string, sha: string) {
  const type = (await gitOf(call.world, call.repo).type(sha)) ?? "commit";
  const git = `${repoUrl(call.world, call.repo)}/git`;
  return {
    ref,
    node_id: nodeId("Ref", ref),
    url: `${git}/${ref}`,
    object: { sha, type, url: `${git}/${type}s/${sha}` },
  };
}

const getRef: Handler = async (call) => {
  const ref = `refs/${call.param("ref")}`;
  const sha = (await gitOf(call.world, call.repo).refs()).get(ref);
  if (!sha) throw notFound();
  return ok(await presentRef(call, ref, sha));
};

const matchingRefs: Handler = async (call) => {
  const prefix = `refs/${call.params["ref"] ?? ""}`;
  const shown = [];
  for (const [ref, sha] of await gitOf(call.world, call.repo).refs())
    if (ref.startsWith(prefix) && !ref.startsWith("refs/cutwater/"))
      shown.push(await presentRef(call, ref, sha));
  return ok(shown);
};

/** The old form of GET /git/refs/x: one ref when it exists, else those that begin so. */
const getRefs: Handler = async (call) => {
  const ref = `refs/${call.param("ref")}`;
  const sha = (await gitOf(call.world, call.repo).refs()).get(ref);
  if (sha) return ok(await presentRef(call, ref, sha));
  const reply = await matchingRefs(call);
  if ((reply.body as unknown[]).length === 0) throw notFound();
  return reply;
};

const createRef: Handler = async (call) => {
  const { world, repo } = call;
  call.need(CONTENTS);
  const ref = call.requiredText("ref", "Reference");
  const sha = call.requiredText("sha", "Reference");
  const git = gitOf(world, repo);
  if (!/^refs\/(heads|tags)\/./.test(ref))
    throw unprocessable("Reference name must start with 'refs/' and contain at least two slashes.");
  if ((await git.refs()).has(ref)) throw unprocessable("Reference already exists");
  if (!(await git.type(sha))) throw unprocessable("Object does not exist");
  await git.exclusive(() => moveRef(world, repo, call.account.login, ref, sha));
  return created(await presentRef(call, ref, sha));
};

const updateRef: Handler = async (call) => {
  const { world, repo } = call;
  call.need(CONTENTS);
  const ref = `refs/${call.param("ref")}`;
  const sha = call.requiredText("sha", "Reference");
  const git = gitOf(world, repo);
  return git.exclusive(async () => {
    const before = (await git.refs()).get(ref);
    if (!before) throw unprocessable("Reference does not exist");
    if (!(await git.resolve(sha))) throw unprocessable("Object does not exist");
    if (!call.flag("force") && !(await git.isAncestor(before, sha)))
      throw unprocessable("Update is not a fast forward");
    await moveRef(world, repo, call.account.login, ref, sha);
    return ok(await presentRef(call, ref, sha));
  });
};

const deleteRef: Handler = async (call) => {
  const { world, repo } = call;
  call.need(CONTENTS);
  const ref = `refs/${call.param("ref")}`;
  const git = gitOf(world, repo);
  if (ref.startsWith("refs/pull/") || !(await git.refs()).has(ref))
    throw unprocessable("Reference does not exist");
  await git.exclusive(() => moveRef(world, repo, call.account.login, ref, undefined));
  return none;
};

const getCommit: Handler = async (call) => {
  const { world, repo } = call;
  const git = gitOf(world, repo);
  const sha = await git.resolve(call.param("sha"));
  if (!sha) throw notFound();
  return ok(gitCommit(world, repo, await git.commit(sha)));
};

const signature = (call: Call, field: string, fallback: Signature): Signature => {
  const given = call.body[field];
  return typeof given === "object" && given !== null
    ? { ...fallback, ...(given as Partial<Signature>) }
    : fallback;
};

const createCommit: Handler = async (call) => {
  const { world, repo, body } = call;
  call.need(CONTENTS);
  const git = gitOf(world, repo);
  const own = signatureOf(world, call.account.login);
  const author = signature(call, "author", own);
  const tree = call.requiredText("tree", "Commit");
  if ((await git.type(tree)) !== "tree") throw unprocessable("Tree SHA does not exist");
  const parents = call.texts("parents");
  for (const parent of parents)
    if ((await git.resolve(parent)) !== parent)
      throw unprocessable("Parent SHA does not exist or is not a commit object");
  const message = typeof body["message"] === "string" ? body["message"] : "";
  const sha = await git.commitTree({
    tree,
    parents,
    message,
    author,
    committer: signature(call, "committer", author),
  });
  return created(gitCommit(world, repo, await git.commit(sha)));
};

async function presentTree(call: Call, sha: string, recursive: boolean) {
  const git = gitOf(call.world, call.repo);
  const url = `${repoUrl(call.world, call.repo)}/git`;
  const entries = await git.tree(sha, recursive);
  return {
    sha,
    url: `${url}/trees/${sha}`,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size === undefined ? {} : { size: entry.size }),
      url: `${url}/${entry.type}s/${entry.sha}`,
    })),
    truncated: false,
  };
}

const getTree: Handler = async (call) => {
  const git = gitOf(call.world, call.repo);
  const wanted = call.param("sha");
  const commit = await git.resolve(wanted);
  const sha = commit ? (await git.commit(commit)).tree : wanted;
  if ((await git.type(sha)) !== "tree") throw notFound();
  return ok(await presentTree(call, sha, Boolean(call.query.get("recursive"))));
};

interface Entry {
  path?: string;
  mode?: string;
  sha?: string | null;
  content?: string;
}

const createTree: Handler = async (call) => {
  call.need(CONTENTS);
  const git = gitOf(call.world, call.repo);
  const entries = call.body["tree"];
  if (!Array.isArray(entries)) throw unprocessable("Invalid tree info");
  const base = call.text("base_tree");
  const resolved = base ? ((await git.resolve(base)) ?? base) : undefined;
  const sha = await git.exclusive(async () => {
    const written = [];
    for (const { path, mode = "100644", sha: blob, content } of entries as Entry[]) {
      if (!path || path.startsWith("/")) throw unprocessable("tree.path contains a malformed path component");
      const made = content === undefined ? (blob ?? null) : await writeBlob(call, Buffer.from(content));
      written.push({ path, mode, sha: made });
    }
    return writeTree(git, resolved, written);
  });
  return created(await presentTree(call, sha, false));
};

const writeBlob = (call: Call, content: Buffer): Promise<string> =>
  gitOf(call.world, call.repo).text(["hash-object", "-w", "--stdin"], { input: content });

const getBlob: Handler = async (call) => {
  const git = gitOf(call.world, call.repo);
  const sha = call.param("sha");
  if ((await git.type(sha)) !== "blob") throw notFound();
  const content = await git.blob(sha);
  if (/\braw\b/.test(call.accept)) return { status: 200, raw: { type: "application/octet-stream", content } };
  return ok({
    sha,
    node_id: nodeId("Blob", sha),
    size: content.length,
    url: `${repoUrl(call.world, call.repo)}/git/blobs/${sha}`,
    content: lines(content.toString("base64")),
    encoding: "base64",
  });
};

/** GitHub breaks base64 after 60 characters. */
export const lines = (base64: string): string => base64.replace(/.{60}(?=.)/g, "$&\n") + (base64 ? "\n" : "");

const createBlob: Handler = async (call) => {
  call.need(CONTENTS);
  const content = call.text("content") ?? "";
  const encoding = call.text("encoding") === "base64" ? "base64" : "utf8";
  const sha = await writeBlob(call, Buffer.from(content, encoding));
  return created({ sha, url: `${repoUrl(call.world, call.repo)}/git/blobs/${sha}` });
};

const getTag: Handler = async (call) => {
  const git = gitOf(call.world, call.repo);
  const sha = call.param("sha");
  if ((await git.type(sha)) !== "tag") throw notFound();
  return ok(await presentTag(call, sha));
};

async function presentTag(call: Call, sha: string) {
  const url = `${repoUrl(call.world, call.repo)}/git`;
  const raw = await gitOf(call.world, call.repo).text(["cat-file", "tag", sha]);
  const field = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(raw)?.[1] ?? "";
  const tagger = /^(.*) <(.*)> (\d+)/.exec(field("tagger"));
  return {
    node_id: nodeId("Tag", sha),
    tag: field("tag"),
    sha,
    url: `${url}/tags/${sha}`,
    message: raw.slice(raw.indexOf("\n\n") + 2),
    tagger: {
      name: tagger?.[1] ?? "",
      email: tagger?.[2] ?? "",
      date: timestamp(new Date(Number(tagger?.[3] ?? 0) * 1000)),
    },
    object: { sha: field("object"), type: field("type"), url: `${url}/${field("type")}s/${field("object")}` },
  };
}

const createTag: Handler = async (call) => {
  const { world } = call;
  call.need(CONTENTS);
  const git = gitOf(world, call.repo);
  const object = call.requiredText("object", "Tag");
  const type = await git.type(object);
  if (!type) throw invalid("Tag", "object");
  const tagger = signature(call, "tagger", signatureOf(world, call.account.login));
  const stamp = `${tagger.name} <${tagger.email}> ${Math.floor(Date.parse(tagger.date) / 1000)} +0000`;
  const input = `object ${object}\ntype ${type}\ntag ${call.requiredText("tag", "Tag")}\ntagger ${stamp}\n\n${call.text("message") ?? ""}\n`;
  return created(await presentTag(call, await git.text(["mktag"], { input })));
};

const GIT = "/repos/:owner/:repo/git";

export const gitDataRoutes: Route[] = [
  route("GET", `${GIT}/ref/:ref{.+}`, getRef),
  route("GET", `${GIT}/matching-refs/:ref{.+}`, matchingRefs),
  route("GET", `${GIT}/refs`, matchingRefs),
  route("GET", `${GIT}/refs/:ref{.+}`, getRefs),
  route("POST", `${GIT}/refs`, createRef),
  route("PATCH", `${GIT}/refs/:ref{.+}`, updateRef),
  route("DELETE", `${GIT}/refs/:ref{.+}`, deleteRef),
  route("GET", `${GIT}/commits/:sha`, getCommit),
  route("POST", `${GIT}/commits`, createCommit),
  route("GET", `${GIT}/trees/:sha{.+}`, getTree),
  route("POST", `${GIT}/trees`, createTree),
  route("GET", `${GIT}/blobs/:sha`, getBlob),
  route("POST", `${GIT}/blobs`, createBlob),
  route("GET", `${GIT}/tags/:sha`, getTag),
  route("POST", `${GIT}/tags`, createTag),
];
