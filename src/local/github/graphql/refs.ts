// Branches and tags as GraphQL shows them.
import { nodeId } from "../present/account.ts";
import type { Repo } from "../records.ts";
import { gitOf, type World } from "../world.ts";
import { commitNode, objectNode } from "./commits.ts";

/** null when there is no such ref. */
export async function refNode(world: World, repo: Repo, ref: string) {
  const git = gitOf(world, repo);
  const sha = (await git.refs()).get(ref);
  if (!sha) return null;
  const [, kind = "", ...rest] = ref.split("/");
  return {
    id: nodeId("Ref", `${repo.id}:${ref}`),
    name: rest.join("/"),
    prefix: `refs/${kind}/`,
    target: async () => {
      const commit = await git.resolve(sha);
      return commit ? commitNode(world, repo, commit) : objectNode("Tag", sha);
    },
  };
}
