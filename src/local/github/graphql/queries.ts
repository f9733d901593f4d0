// The entry points of queries: search, repository, people, rate limit.
import { timestamp } from "../../../lib/timestamp.ts";
import { canSee, visibleRepo } from "../access.ts";
import { parseQuery, searchIssues } from "../search-query.ts";
import { account, isPull } from "../world.ts";
import { actorNode } from "./actors.ts";
import { connection, type PageArguments } from "./connection.ts";
import { issueNode, pullNode } from "./issues.ts";
import { repositoryNode } from "./repositories.ts";
import { missing, type Root } from "./root.ts";

/** GitHub gives no more results than these to one query. */
const MOST_RESULTS = 1000;

export function queries(root: Root) {
  const { world, actor, allowance } = root;
  return {
    viewer: () => actorNode(world, actor.account?.login ?? ""),
    user({ login }: { login: string }) {
      const found = account(world, login);
      if (!found || found.type === "Organization") throw missing(`a User with the login of '${login}'`);
      return { ...actorNode(world, login), __typename: "User" };
    },
    organization({ login }: { login: string }) {
      if (account(world, login)?.type !== "Organization")
        throw missing(`an Organization with the login of '${login}'`);
      return actorNode(world, login);
    },
    repository({ owner, name }: { owner: string; name: string }) {
      const repo = visibleRepo(world, actor, owner, name);
      if (!repo) throw missing(`a Repository with the name '${owner}/${name}'`);
      return repositoryNode(root, repo);
    },
    search: (wanted: PageArguments & { query: string; type: string }) => search(root, wanted),
    rateLimit: () => ({
      cost: 1,
      limit: allowance.limit,
      nodeCount: 1,
      remaining: allowance.remaining,
      used: allowance.used,
      resetAt: timestamp(new Date(allowance.reset * 1000)),
    }),
    node({ id }: { id: string }) {
      const found = issueById(root, id);
      if (!found) throw missing(`a node with the global id of '${id}'`);
      return isPull(found) ? pullNode(root, found) : issueNode(root, found);
    },
  };
}

export function issueById({ world, actor }: Root, id: string) {
  const [kind, number] = Buffer.from(id, "base64url").toString().split(":");
  if (kind !== "PullRequest" && kind !== "Issue") return undefined;
  const found = world.store.issues.all().find((issue) => String(issue.id) === number);
  const repo = found && world.store.repos.get(String(found.repo));
  return repo && canSee(world, actor, repo) ? found : undefined;
}

export function repositoryById({ world, actor }: Root, id: string) {
  const [kind, number] = Buffer.from(id, "base64url").toString().split(":");
  const repo = kind === "Repository" ? world.store.repos.get(String(number)) : undefined;
  return repo && canSee(world, actor, repo) ? repo : undefined;
}

function search(root: Root, { query, type, ...page }: PageArguments & { query: string; type: string }) {
  const { world, actor } = root;
  const none = { issueCount: 0, repositoryCount: 0, userCount: 0 };
  if (type === "ISSUE") {
    const all = searchIssues(world, actor, query);
    const shown = connection(all.slice(0, MOST_RESULTS), page, (found) =>
      isPull(found) ? pullNode(root, found) : issueNode(root, found),
    );
    return { ...shown, ...none, issueCount: all.length };
  }
  const words = parseQuery(query)
    .filter((term) => term.key === "")
    .map((term) => term.value.toLowerCase());
  const matches = (name: string) => words.every((word) => name.toLowerCase().includes(word));
  if (type === "REPOSITORY") {
    const all = world.store.repos.all().filter((repo) => canSee(world, actor, repo) && matches(repo.name));
    return {
      ...connection(all, page, (repo) => repositoryNode(root, repo)),
      ...none,
      repositoryCount: all.length,
    };
  }
  const people = world.store.accounts
    .all()
    .filter((found) => found.type !== "Bot" && (matches(found.login) || matches(found.email ?? found.login)));
  return {
    ...connection(people, page, (found) => actorNode(world, found.login)),
    ...none,
    userCount: people.length,
  };
}
