// Our clonerefs and initupload beside upstream's binaries: the same trees, commits and objects, by every kind of clone and credential.
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { besideUpstream, type Left, upstreamIsMissing } from "./beside-upstream.ts";
import { type GitHTTP, gitHTTP } from "./git-http.ts";
import { makeRepo, type Repo } from "./pipeline.ts";

const TOKEN = "ghs_canaryCANARYcanary";
const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: "utf8" });

if (upstreamIsMissing) {
  describe("clones beside upstream's", () => test.skip(upstreamIsMissing!, () => {}));
} else {
  const beside = besideUpstream();
  /** One more repository; `folders` are files in directories. */
  const repoWith = (folders: Record<string, string>): Repo => {
    const repo = makeRepo();
    const git = (...args: string[]) => run("git", args, repo.path).trim();
    git("config", "uploadpack.allowFilter", "true");
    for (const [path, content] of Object.entries(folders)) {
      mkdirSync(join(repo.path, dirname(path)), { recursive: true });
      writeFileSync(join(repo.path, path), content);
    }
    git("add", ".");
    git("commit", "-qm", "more", "--allow-empty");
    git("tag", "v1");
    return { ...repo, base: git("rev-parse", "HEAD") };
  };
  const side = (repo: Repo, name: string, more: object = {}) => ({
    ...{ org: "octo", repo: name, base_ref: "main", clone_uri: `file://${repo.path}`, ...more },
  });
  /** Git refuses files in submodules, unless the home says otherwise. */
  const allowsFiles = (at: (path: string) => string) =>
    writeFileSync(at("home/.gitconfig"), '[protocol "file"]\n\tallow = always\n');

  describe("clones beside upstream's", () => {
    test("several repositories, at a branch, at a commit, at a path of their own", async () => {
      const other = repoWith({ "other.txt": "o\n" });
      const left = await beside.same({
        extraRefs: [
          side(other, "at-branch"),
          side(other, "at-commit", { base_sha: other.base, path_alias: "k8s.io/thing" }),
          side(other, "with-pull", { pulls: [{ number: 1, author: "dev", sha: other.heads[0] }] }),
        ],
      });
      expect(Object.keys(left.clones).sort()).toEqual([
        "src/github.com/octo/at-branch",
        "src/github.com/octo/lib",
        "src/github.com/octo/with-pull",
        "src/k8s.io/thing",
      ]);
    });

    test("pull requests by number, by ref, and by commit", async () => {
      const [first, second] = beside.repo.heads;
      await beside.same({
        refs: {
          base_sha: "",
          pulls: [
            { number: 1, author: "dev" },
            { number: 2, author: "dev", sha: second, ref: "refs/pull/2/head" },
          ],
        },
      });
      await beside.same({ refs: { pulls: [{ number: 1, author: "dev", sha: first, head_ref: "x" }] } });
      await beside.same({ spec: { type: "postsubmit" }, refs: { pulls: [] } });
    });

    test("submodules, and none where they are not wanted", async () => {
      const inner = repoWith({ "inner.txt": "in\n" });
      const outer = repoWith({});
      const add = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        `file://${inner.path}`,
        "sub",
      ];
      run("git", add, outer.path);
      run("git", ["commit", "-qm", "sub"], outer.path);
      const refs = {
        base_sha: run("git", ["rev-parse", "HEAD"], outer.path).trim(),
        clone_uri: `file://${outer.path}`,
      };
      const job = { repo: outer, prepare: allowsFiles };
      const left = await beside.same({ ...job, refs });
      expect(JSON.stringify(left.clones)).toContain("sub/inner.txt");
      const without = await beside.same({ ...job, refs: { ...refs, skip_submodules: true } });
      expect(JSON.stringify(without.clones)).not.toContain("inner.txt");
    });

    test("a few files of many, and history without contents", async () => {
      const repo = repoWith({ "a/in.txt": "a\n", "b/out.txt": "b\n" });
      const refs = { base_sha: repo.base };
      const sparse = await beside.same({ repo, refs: { ...refs, sparse_checkout_files: ["a"] } });
      expect(JSON.stringify(sparse.clones)).toContain("a/in.txt");
      expect(JSON.stringify(sparse.clones)).not.toContain("out.txt");
      await beside.same({ repo, refs: { ...refs, blobless_fetch: true } });
    });

    test("shallow, and without the head", async () => {
      const repo = repoWith({});
      const refs = { base_sha: repo.base, pulls: [] };
      const spec = { type: "postsubmit" };
      const left = await beside.same({ repo, spec, refs: { ...refs, clone_depth: 1 } });
      expect(JSON.stringify(left.clones)).toContain('"shallow":"true');
      await beside.same({ repo, spec, refs: { ...refs, skip_fetch_head: true } });
    });

    test("a conflict: the test never runs, and the log says why", async () => {
      const repo = makeRepo();
      run("git", ["checkout", "-q", "pr-2"], repo.path);
      writeFileSync(join(repo.path, "pr-1.txt"), "mine\n");
      run("git", ["add", "."], repo.path);
      run("git", ["commit", "-qm", "clash"], repo.path);
      const clash = run("git", ["rev-parse", "HEAD"], repo.path).trim();
      const left = await beside.same({ repo: { ...repo, heads: [repo.heads[0]!, clash] } });
      expect(left.codes).toEqual({ clonerefs: 0, initupload: 1 });
      expect(Object.keys(left.objects).some((url) => url.endsWith("/finished.json"))).toBe(true);
      const failing = { repo: { ...repo, heads: [repo.heads[0]!, clash] }, clonerefs: { fail: true } };
      expect((await beside.same(failing)).codes).toMatchObject({ clonerefs: 1 });
    });
  });

  describe("credentials beside upstream's", () => {
    let door: GitHTTP;
    let granted: (request: IncomingMessage) => boolean = () => false;
    const base = () => ({ clone_uri: `${door.url}/${basename(beside.repo.path)}/.git` });
    const app = generateKeyPairSync("rsa", { modulusLength: 2048 });
    /** GitHub takes a token as either half of the login. */
    const hasToken = ({ headers: { authorization = "" } }: IncomingMessage) =>
      Buffer.from(authorization.replace(/^Basic /, ""), "base64")
        .toString()
        .split(":")
        .includes(TOKEN);
    const api = ({ url = "", headers: { authorization = "" } }: IncomingMessage) => {
      if (!authorization.startsWith("Bearer ey")) return undefined;
      const id = { id: 7, account: { login: "octo" }, app_slug: "ci" };
      if (/access_tokens$/.test(url)) return { token: TOKEN, expires_at: "2099-01-01T00:00:00Z" };
      if (url.startsWith("/app/installations")) return [id] as object;
      return url === "/app" ? { id: 1, slug: "ci" } : id;
    };
    beforeAll(async () => {
      door = await gitHTTP({ root: tmpdir(), mayPass: (request) => granted(request), api });
    });
    afterAll(() => door.stop());

    test("a token", async () => {
      granted = hasToken;
      const left = await beside.same({
        refs: base(),
        prepare: (at) => writeFileSync(at("home/token"), `${TOKEN}\n`),
        placed: (at) => ({ refs: base(), clonerefs: { oauth_token_file: at("home/token") } }),
      });
      expect(Object.keys(left.clones)).toHaveLength(1);
      expect(JSON.stringify(left.objects)).not.toContain(TOKEN);
      expect(readFileSync(join(left.root, "logs/clone.json"), "utf8")).not.toContain(TOKEN);
    });

    test("the key of a GitHub App", async () => {
      granted = hasToken;
      const pem = app.privateKey.export({ type: "pkcs1", format: "pem" });
      const left = await beside.same({
        refs: base(),
        prepare: (at) => writeFileSync(at("home/key.pem"), pem),
        placed: (at) => ({
          refs: base(),
          clonerefs: {
            github_app_id: "1",
            github_app_private_key_file: at("home/key.pem"),
            github_api_endpoints: [door.url],
          },
        }),
      });
      expect(Object.keys(left.clones)).toHaveLength(1);
      expect(readFileSync(join(left.root, "logs/clone.json"), "utf8")).not.toContain(TOKEN);
    });

    test.each([false, true])("cookies, skip_submodules: %s", async (skip_submodules) => {
      granted = ({ headers: { cookie = "" } }) => cookie.includes("o=git-user");
      const cookie = ["127.0.0.1", "FALSE", "/", "FALSE", "2147483647", "o", "git-user"].join("\t");
      const left = await beside.same({
        prepare: (at) => writeFileSync(at("home/cookies"), `${cookie}\n`),
        placed: (at) => ({
          refs: { ...base(), skip_submodules },
          clonerefs: { cookie_path: at("home/cookies") },
        }),
      });
      expect(Object.keys(left.clones)).toHaveLength(1);
    });

    test("SSH keys, of a mounted secret, and the hosts that are known", async () => {
      const bin = mkdtempSync(join(tmpdir(), "ssh-"));
      // What the far side would do, after telling which keys it was offered.
      const script = `#!/bin/sh
{
  ssh-add -l | cut -d" " -f1,2,4
  for one; do case "$one" in UserKnownHostsFile=*) grep -o AAAAcanary "\${one#*=}" | sort -u ;; esac; done
} >>"\${0%/*}/offered"
for last; do :; done
eval "exec $last"
`;
      writeFileSync(join(bin, "ssh"), script);
      chmodSync(join(bin, "ssh"), 0o755);
      const keys = join(bin, "keys");
      mkdirSync(keys);
      for (const name of ["a", "b"])
        execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(keys, name)]);
      for (const name of ["a", "b"]) execFileSync("rm", [join(keys, `${name}.pub`)]);
      mkdirSync(join(keys, "..data"));
      const clone = {
        env: { PATH: `${bin}:${process.env["PATH"]}` },
        refs: { clone_uri: `git@127.0.0.1:${beside.repo.path}` },
        clonerefs: { key_files: [keys], host_fingerprints: ["127.0.0.1 ssh-ed25519 AAAAcanary"] },
      };
      const { ours, upstream } = await beside.both(clone);
      expect(ours.codes).toEqual({ clonerefs: 0, initupload: 0, entrypoint: 0, sidecar: 0 });
      expect(ours.codes).toEqual(upstream.codes);
      expect(ours.clones).toEqual(upstream.clones);
      expect(ours.objects).toEqual(upstream.objects);
      // Two keys and a host, at each of four fetches, of two programs.
      const offered = readFileSync(join(bin, "offered"), "utf8").trim().split("\n");
      expect(offered).toHaveLength(24);
      expect(offered.slice(12)).toEqual(offered.slice(0, 12));
      expect(offered[0]).toContain("(ED25519)");
      expect(offered[2]).toContain("AAAAcanary");
      // Ours ends its agent; upstream's goes with its container.
      const agents = [ours, upstream].map(agentOf);
      await expect.poll(() => isAgent(agents[0])).toBe(false);
      if (isAgent(agents[1])) process.kill(agents[1]!);
    });
  });
}

const agentOf = ({ root }: Left): number =>
  Number(/SSH_AGENT_PID=(\d+)/.exec(readFileSync(join(root, "logs/clone.json"), "utf8"))?.[1]);
const isAgent = (pid: number | undefined): boolean =>
  existsSync(`/proc/${pid}/status`) &&
  // One that has ended may wait for somebody to ask how.
  /^Name:\s+ssh-agent[\s\S]*^State:\s+[^Z]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
