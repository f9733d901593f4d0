// Commits and what was reported about them as GraphQL shows them.
import { checksOf, combinedState, contextsOf, isGreen } from "../contexts.ts";
import type { CommitData } from "../git/repository.ts";
import { nodeId } from "../present/account.ts";
import { accountOfEmail } from "../present/commit.ts";
import { repoPage } from "../present/repository.ts";
import type { CheckRun, Repo, Status } from "../records.ts";
import { gitOf, type World } from "../world.ts";
import { actorNode } from "./actors.ts";
import { connection, type PageArguments } from "./connection.ts";

/** Asked for lazily: most queries want no more of a commit than its oid and statuses. */
export function commitNode(world: World, repo: Repo, sha: string) {
  const git = gitOf(world, repo);
  const data = () => git.commit(sha);
  const signature = (who: "author" | "committer") => async () => gitActor(world, (await data())[who]);
  return {
    __typename: "Commit",
    id: nodeId("Commit", sha),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    url: `${repoPage(world, repo)}/commit/${sha}`,
    message: async () => (await data()).message,
    messageHeadline: async () => (await data()).message.split("\n")[0],
    messageBody: async () => (await data()).message.split("\n").slice(1).join("\n").trim(),
    committedDate: async () => (await data()).committer.date,
    authoredDate: async () => (await data()).author.date,
    author: signature("author"),
    committer: signature("committer"),
    tree: async () => objectNode("Tree", (await data()).tree),
    parents: async (page: PageArguments) =>
      connection((await data()).parents, page, (parent) => commitNode(world, repo, parent)),
    history: async ({ path, ...page }: PageArguments & { path?: string | null }) => {
      const log = await git.log(sha, path ? { path } : {});
      return connection(log, page, (commit) => commitNode(world, repo, commit));
    },
    blame: async ({ path }: { path: string }) => ({ ranges: await blame(world, repo, sha, path) }),
    status: () => statusNode(world, repo, sha),
    statusCheckRollup: () => rollupNode(world, repo, sha),
    checkSuites: (page: PageArguments) =>
      connection(suites(world, repo, sha), page, (runs) => suiteNode(world, runs)),
  };
}

export type CommitNode = ReturnType<typeof commitNode>;

export const objectNode = (type: "Tree" | "Tag", sha: string) => ({
  __typename: type,
  id: nodeId(type, sha),
  oid: sha,
  abbreviatedOid: sha.slice(0, 7),
});

function gitActor(world: World, signature: CommitData["author"]) {
  const found = accountOfEmail(world, signature.email);
  return { ...signature, user: found ? { ...actorNode(world, found.login), __typename: "User" } : null };
}

const contextNode = (world: World, status: Status) => ({
  __typename: "StatusContext",
  id: nodeId("StatusContext", status.id),
  context: status.context,
  description: status.description,
  state: status.state.toUpperCase(),
  targetUrl: status.target_url,
  createdAt: status.created_at,
  creator: actorNode(world, status.creator),
});

function statusNode(world: World, repo: Repo, sha: string) {
  const statuses = contextsOf(world, repo, sha);
  if (statuses.length === 0) return null;
  const contexts = statuses.map((status) => contextNode(world, status));
  return {
    id: nodeId("Status", sha),
    state: combinedState(statuses).toUpperCase(),
    contexts,
    context: ({ name }: { name: string }) => contexts.find((found) => found.context === name) ?? null,
  };
}

const runNode = (run: CheckRun) => ({
  __typename: "CheckRun",
  id: nodeId("CheckRun", run.id),
  databaseId: run.id,
  name: run.name,
  status: run.status.toUpperCase(),
  conclusion: run.conclusion?.toUpperCase() ?? null,
  detailsUrl: run.details_url,
  title: run.output.title,
  summary: run.output.summary,
  text: run.output.text,
  startedAt: run.started_at,
  completedAt: run.completed_at,
});

/** Check runs and statuses together, as the green tick sums them up. */
function rollupNode(world: World, repo: Repo, sha: string) {
  const runs = checksOf(world, repo, sha);
  const statuses = contextsOf(world, repo, sha);
  if (runs.length + statuses.length === 0) return null;
  const failed = runs.some((run) => run.status === "completed" && !isGreen(run));
  const waiting = runs.some((run) => run.status !== "completed");
  const state = statuses.length > 0 ? combinedState(statuses) : "success";
  const worst =
    failed || state === "failure" ? "FAILURE" : waiting || state === "pending" ? "PENDING" : "SUCCESS";
  const nodes = [...runs.map(runNode), ...statuses.map((status) => contextNode(world, status))];
  return {
    id: nodeId("StatusCheckRollup", sha),
    state: worst,
    contexts: (page: PageArguments) => connection(nodes, page, (node) => node),
  };
}

function suites(world: World, repo: Repo, sha: string): CheckRun[][] {
  const found = Map.groupBy(checksOf(world, repo, sha), (run) => run.suite);
  return [...found.values()];
}

function suiteNode(world: World, runs: CheckRun[]) {
  const [first] = runs;
  const app = first?.app ? world.store.apps.get(String(first.app)) : undefined;
  const done = runs.every((run) => run.status === "completed");
  const bad = runs.find((run) => !isGreen(run));
  return {
    id: nodeId("CheckSuite", first?.suite ?? 0),
    status: done ? "COMPLETED" : "IN_PROGRESS",
    conclusion: done ? (bad?.conclusion ?? "success").toUpperCase() : null,
    app: app ? { id: nodeId("App", app.id), name: app.name, slug: app.slug, databaseId: app.id } : null,
    checkRuns: (page: PageArguments) => connection(runs, page, runNode),
  };
}

async function blame(world: World, repo: Repo, sha: string, path: string) {
  const text = await gitOf(world, repo).text(["blame", "--porcelain", sha, "--", path]);
  const ranges = text.matchAll(/^([0-9a-f]{40}) \d+ (\d+) (\d+)$/gm);
  return [...ranges].map(([, commit = "", line, count]) => ({
    commit: commitNode(world, repo, commit),
    startingLine: Number(line),
    endingLine: Number(line) + Number(count) - 1,
    age: 1,
  }));
}
