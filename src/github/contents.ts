// Files of a repository at a ref, read through the API: one file, or all paths.
import type { RepoRef, TreeEntry } from "../model/github.ts";
import * as decode from "../model/github-decode.ts";
import type { Api } from "./api.ts";
import { GitHubError, orNotFound } from "./error.ts";
import { REPO } from "./routes.ts";

/** undefined when there is no file of that path at the ref (a directory is none). */
export async function fileBytes(
  api: Api,
  { org, repo }: RepoRef,
  path: string,
  ref: string,
): Promise<Buffer | undefined> {
  const parameters = { owner: org, repo, path, ref };
  const answer = await orNotFound(api.call(org, `GET ${REPO}/contents/{+path}`, parameters));
  if (answer === undefined || Array.isArray(answer)) return undefined;
  const found = decode.json(answer);
  if (decode.text(found, "type", "file") !== "file") return undefined;
  if (decode.text(found, "encoding", "base64") === "base64")
    return fromBase64(decode.text(found, "content", ""));
  // Above 1 MB the answer has no content, only the blob's SHA.
  const sha = decode.text(found, "sha");
  return blobBytes(api, { org, repo }, sha);
}

export async function blobBytes(api: Api, { org, repo }: RepoRef, sha: string): Promise<Buffer> {
  const blob = await api.call(org, `GET ${REPO}/git/blobs/{sha}`, { owner: org, repo, sha });
  return fromBase64(decode.text(decode.json(blob), "content", ""));
}

/** Rejects when the directory is too large for one answer. */
export async function directory(
  api: Api,
  { org, repo }: RepoRef,
  sha: string,
  depth: "whole" | "flat" = "flat",
): Promise<TreeEntry[]> {
  const parameters = { owner: org, repo, sha, ...(depth === "whole" && { recursive: "1" }) };
  const found = decode.json(await api.call(org, `GET ${REPO}/git/trees/{sha}`, parameters));
  if (decode.flag(found, "truncated"))
    throw new GitHubError(422, `${org}/${repo}: GitHub does not list all of ${sha}, it is too large`);
  return decode.items(found, "tree", (from) => ({
    path: decode.text(from, "path"),
    mode: decode.text(from, "mode"),
    sha: decode.text(from, "sha"),
    ...(decode.has(from, "size") && { size: decode.whole(from, "size") }),
  }));
}

const fromBase64 = (content: string): Buffer => Buffer.from(content, "base64");

interface Entry {
  path: string;
  type: string;
  sha: string;
}

export async function filePaths(api: Api, { org, repo }: RepoRef, ref: string): Promise<string[]> {
  const read = async (sha: string, recursive: boolean) => {
    const parameters = { owner: org, repo, sha, ...(recursive && { recursive: "1" }) };
    const found = decode.json(await api.call(org, `GET ${REPO}/git/trees/{sha}`, parameters));
    return { truncated: decode.flag(found, "truncated"), entries: decode.items(found, "tree", entry) };
  };
  const whole = await read(ref, true);
  if (!whole.truncated) return blobs(whole.entries, "");
  // Too large for one answer: directory by directory.
  const paths: string[] = [];
  const open = [{ sha: ref, prefix: "" }];
  for (let directory = open.pop(); directory; directory = open.pop()) {
    const { prefix, sha } = directory;
    const { entries, truncated } = await read(sha, prefix !== "");
    if (prefix !== "" && !truncated) {
      paths.push(...blobs(entries, prefix));
      continue;
    }
    const level = prefix === "" ? entries : (await read(sha, false)).entries;
    paths.push(...blobs(level, prefix));
    for (const { type, path, sha: tree } of level) {
      if (type === "tree") open.push({ sha: tree, prefix: `${prefix}${path}/` });
    }
  }
  return paths;
}

const entry = (from: decode.Json): Entry => ({
  path: decode.text(from, "path"),
  type: decode.text(from, "type"),
  sha: decode.text(from, "sha"),
});

const blobs = (entries: Entry[], prefix: string): string[] =>
  entries.flatMap(({ type, path }) => (type === "blob" ? [prefix + path] : []));
