// Files of a merge that exists in the mirror alone: their names, and their contents in one request.
import { mergeOne } from "./merge.ts";
import { fetchBlobs, type Mirror } from "./mirror.ts";
import type { Merge, TreeFile } from "./port.ts";

export async function mergeAll(
  mirror: Mirror,
  { baseSHA, heads, method }: Merge,
): Promise<{ tip: string } | { conflict: string }> {
  let tip = baseSHA;
  for (const sha of heads) {
    const next = await mergeOne(mirror, tip, { sha, method });
    if (!next) return { conflict: sha };
    tip = next;
  }
  return { tip };
}

const KINDS: Readonly<Record<string, TreeFile["kind"]>> = { "120000": "link", "160000": "submodule" };

export async function listFiles(
  mirror: Mirror,
  tip: string,
  entries: readonly string[],
): Promise<TreeFile[]> {
  const list = await mirror.check(["ls-tree", "-r", "-z", "--full-tree", tip, "--", ...entries]);
  return list
    .split("\0")
    .filter(Boolean)
    .map((line) => {
      const tab = line.indexOf("\t");
      const [mode = "", , sha = ""] = line.slice(0, tab).split(" ");
      return { path: line.slice(tab + 1), sha, kind: KINDS[mode] ?? "file" };
    });
}

export async function readBlobs(mirror: Mirror, shas: readonly string[]): Promise<Map<string, string>> {
  const asked = [...new Set(shas)];
  await fetchBlobs(mirror, asked);
  const contents = await mirror.blobs(asked);
  return new Map(
    [...contents].map(([sha, content]) => [sha, Buffer.from(content, "latin1").toString("utf8")]),
  );
}
