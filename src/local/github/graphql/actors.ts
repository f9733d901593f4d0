// Accounts and labels as GraphQL shows them.
import { nodeId } from "../present/account.ts";
import type { Milestone, Repo } from "../records.ts";
import { accountOrGhost, type World } from "../world.ts";

/** A bot's login stands without `[bot]`, other than in REST. */
export function actorNode(world: World, login: string) {
  const found = accountOrGhost(world, login);
  return {
    __typename: found.type,
    id: nodeId(found.type, found.id),
    databaseId: found.id,
    login: found.login.replace(/\[bot\]$/, ""),
    name: found.name,
    email: found.email ?? "",
    url: `${world.url}/${found.login}`,
    status: null,
  };
}

export function labelNode(repo: Repo, name: string) {
  const found = repo.labels.find((label) => label.name === name);
  return {
    id: nodeId("Label", found?.id ?? name),
    name,
    color: found?.color ?? "ededed",
    description: found?.description ?? null,
  };
}

export const milestoneNode = (found: Milestone | undefined) =>
  found
    ? {
        id: nodeId("Milestone", found.id),
        number: found.number,
        title: found.title,
        state: found.state.toUpperCase(),
      }
    : null;
