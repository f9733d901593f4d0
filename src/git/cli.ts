// The git ports on the git command: a bare mirror per repository, merges and picks computed without a work tree.
import { keyedLock } from "../lib/waiting/keyed-lock.ts";
import { cherryPick } from "./cherry-pick.ts";
import { GitError } from "./error.ts";
import { mergeOne } from "./merge.ts";
import { fetchMissing, type GitCLIOptions, type Mirror, mirrorDirectory, openMirror } from "./mirror.ts";
import type { CherryPicks, Git, MergedFiles } from "./port.ts";
import { listFiles, mergeAll, readBlobs } from "./read-tree.ts";

export type { GitCLIOptions } from "./mirror.ts";

type Head = Parameters<Git["mergeable"]>[2][number];

export function gitCLI(options: GitCLIOptions): Git & MergedFiles & CherryPicks {
  // Two fetches into one mirror would collide.
  const alone = keyedLock();
  return {
    async mergeable(repo, baseSHA, heads, limit) {
      const dir = mirrorDirectory(options, repo, [baseSHA, ...heads.map((head) => head.sha)]);
      return alone(dir, async () => {
        const mirror = await openMirror(options, repo, dir);
        const wanted = new Map([[baseSHA, "refs/cutwater/base"]]);
        for (const { sha, number } of heads) wanted.set(sha, `refs/cutwater/pull/${Math.trunc(number)}`);
        await fetchMissing(mirror, wanted);
        return mergeEach(mirror, baseSHA, heads, limit);
      });
    },
    async list(repo, merge, entries) {
      const { baseSHA, heads } = merge;
      const dir = mirrorDirectory(options, repo, [baseSHA, ...heads]);
      return alone(dir, async () => {
        const mirror = await openMirror(options, repo, dir);
        const wanted = heads.map((sha, index): [string, string] => [sha, `refs/cutwater/in-repo/${index}`]);
        await fetchMissing(mirror, new Map([[baseSHA, "refs/cutwater/in-repo/base"], ...wanted]));
        const merged = await mergeAll(mirror, merge);
        return "conflict" in merged ? merged : { files: await listFiles(mirror, merged.tip, entries) };
      });
    },
    async texts(repo, shas) {
      const dir = mirrorDirectory(options, repo, shas);
      return alone(dir, async () => readBlobs(await openMirror(options, repo, dir), shas));
    },
    async cherryPick(repo, picks) {
      const { onto, commits } = picks;
      const dir = mirrorDirectory(options, repo, [onto, ...commits]);
      return alone(dir, async () => {
        const mirror = await openMirror(options, repo, dir);
        const wanted = commits.map((sha, index): [string, string] => [sha, `refs/cutwater/pick/${index}`]);
        await fetchMissing(mirror, new Map([[onto, "refs/cutwater/pick/onto"], ...wanted]));
        return cherryPick(mirror, picks);
      });
    },
    async push(repo, sha, to) {
      const dir = mirrorDirectory(options, repo, [sha]);
      // Its name, too, becomes part of an address.
      mirrorDirectory(options, to.repo, []);
      return alone(dir, async () => {
        const mirror = await openMirror(options, repo, dir);
        const refspec = `${sha}:refs/heads/${to.branch}`;
        const how = ["push", "--quiet", "--force", "--end-of-options"];
        const { code, stderr } = await mirror.run([...how, options.url(to.repo), refspec]);
        if (code !== 0) throw new GitError(stderr.trim() || `git push failed (${code})`);
      });
    },
  };
}

async function mergeEach(mirror: Mirror, baseSHA: string, heads: Head[], limit: number): Promise<number[]> {
  const merged: number[] = [];
  let tip = baseSHA;
  for (const head of heads) {
    const next = await mergeOne(mirror, tip, head);
    if (!next) continue;
    tip = next;
    merged.push(head.number);
    if (limit > 0 && merged.length >= limit) break;
  }
  return merged;
}
