// Repositories, refs and git objects as GraphQL shows them.
import { isCollaborator, roleOf } from "../access.ts";
import { nodeId } from "../present/account.ts";
import { repoPage } from "../present/repository.ts";
import type { Repo } from "../records.ts";
import { findIssue, fullName, gitOf, isPull, pullsOf, type World } from "../world.ts";
import { actorNode, labelNode } from "./actors.ts";
import { commitNode, objectNode } from "./commits.ts";
import { connection, type PageArguments } from "./connection.ts";
import { issueNode, pullNode } from "./issues.ts";
import { refNode } from "./refs.ts";
import { missing, type Root } from "./root.ts";

/** `main`, a SHA, or `main:path/of/file`. */
async function objectAt(world: World, repo: Repo, expression: string) {
  const git = gitOf(world, repo);
  const colon = expression.indexOf(":");
  const commit = await git.resolve(colon < 0 ? expression : expression.slice(0, colon));
  if (colon < 0) {
    if (commit) return commitNode(world, repo, commit);
    return /^[0-9a-f]{40}$/.test(expression) && (await git.type(expression)) === "blob"
      ? blobNode(expression, await git.blob(expression))
      : null;
  }
  if (!commit) return null;
  const entry = await git.entry(commit, expression.slice(colon + 1));
  if (!entry) return null;
  if (entry.type !== "blob") return objectNode("Tree", entry.sha);
  return blobNode(entry.sha, await git.blob(entry.sha));
}

function blobNode(sha: string, content: Buffer) {
  const isBinary = content.includes(0);
  return {
    __typename: "Blob",
    id: nodeId("Blob", sha),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    byteSize: content.length,
    isBinary,
    isTruncated: false,
    text: isBinary ? null : content.toString(),
  };
}

const PERMISSIONS = { pull: "READ", triage: "TRIAGE", push: "WRITE", maintain: "MAINTAIN", admin: "ADMIN" };

function collaborators(
  world: World,
  repo: Repo,
  { affiliation, ...page }: PageArguments & { affiliation?: string | null },
) {
  const people = world.store.accounts
    .all()
    .filter((found) => found.type === "User" && isCollaborator(world, repo, found.login))
    .filter((found) => affiliation !== "DIRECT" || repo.collaborators[found.login.toLowerCase()]);
  const shown = connection(people, page, (found) => actorNode(world, found.login));
  const edges = shown.edges.map((edge) => ({
    ...edge,
    permission: PERMISSIONS[roleOf(world, repo, edge.node.login) ?? "pull"],
  }));
  return { ...shown, edges };
}

interface PullFilter extends PageArguments {
  states?: string[] | null;
  baseRefName?: string | null;
  headRefName?: string | null;
}

export function repositoryNode(root: Root, repo: Repo) {
  const { world } = root;
  const issues = () => world.store.issues.in(String(repo.id));
  return {
    __typename: "Repository",
    id: nodeId("Repository", repo.id),
    databaseId: repo.id,
    name: repo.name,
    nameWithOwner: fullName(repo),
    owner: actorNode(world, repo.owner),
    url: repoPage(world, repo),
    isArchived: repo.archived,
    isPrivate: repo.private,
    isFork: repo.parent !== null,
    description: repo.description,
    defaultBranchRef: () => refNode(world, repo, `refs/heads/${repo.default_branch}`),
    object: ({ expression, oid }: { expression?: string; oid?: string }) =>
      objectAt(world, repo, expression ?? oid ?? ""),
    ref: ({ qualifiedName }: { qualifiedName: string }) => {
      const full = qualifiedName.startsWith("refs/") ? qualifiedName : `refs/heads/${qualifiedName}`;
      return refNode(world, repo, full);
    },
    refs: async ({ refPrefix, ...page }: PageArguments & { refPrefix: string }) => {
      const names = [...(await gitOf(world, repo).refs()).keys()].filter((ref) => ref.startsWith(refPrefix));
      return connection(names, page, (ref) => refNode(world, repo, ref));
    },
    issue({ number }: { number: number }) {
      const found = findIssue(world, repo, number);
      if (!found || isPull(found)) throw missing(`an Issue with the number of ${number}`);
      return issueNode(root, found);
    },
    pullRequest({ number }: { number: number }) {
      const found = findIssue(world, repo, number);
      if (!found || !isPull(found)) throw missing(`a PullRequest with the number of ${number}`);
      return pullNode(root, found);
    },
    pullRequests({ states, baseRefName, headRefName, ...page }: PullFilter) {
      const found = pullsOf(world, repo)
        .filter((pr) => !states || states.includes(pr.pull.merged_at ? "MERGED" : pr.state.toUpperCase()))
        .filter((pr) => !baseRefName || pr.pull.base === baseRefName)
        .filter((pr) => !headRefName || pr.pull.head === headRefName);
      return connection(found, page, (pr) => pullNode(root, pr));
    },
    issues({ states, ...page }: PageArguments & { states?: string[] | null }) {
      const found = issues().filter(
        (issue) => !issue.pull && (!states || states.includes(issue.state.toUpperCase())),
      );
      return connection(found, page, (issue) => issueNode(root, issue));
    },
    labels: (page: PageArguments) => connection(repo.labels, page, ({ name }) => labelNode(repo, name)),
    collaborators: (wanted: PageArguments & { affiliation?: string | null }) =>
      collaborators(world, repo, wanted),
  };
}
