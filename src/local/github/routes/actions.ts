// REST: what branches have been moved to, and runs of GitHub Actions, which are listed, run again and approved but not worked on.
import { ApiError, notFound } from "../api-error.ts";
import { ACTIONS, type Call, created, type Handler, ok, paged, type Route, route } from "../call.ts";
import { nodeId, user } from "../present/account.ts";
import { repository, repoUrl } from "../present/repository.ts";
import type { Activity, WorkflowRun } from "../records.ts";
import type { World } from "../world.ts";

const presentActivity = (world: World, { repo: _, actor, ...shown }: Activity) => ({
  ...shown,
  node_id: nodeId("PushEvent", shown.id),
  actor: user(world, actor),
});

/** Newest first, unless asked otherwise. */
const activity: Handler = (call) => {
  const { world, repo, query } = call;
  const wanted = query.get("ref");
  const ref = wanted && !wanted.startsWith("refs/") ? `refs/heads/${wanted}` : wanted;
  const found = ref
    ? world.store.activities.in(`${repo.id} ${ref}`)
    : world.store.activities.all().filter((row) => row.repo === repo.id);
  if (query.get("direction") !== "asc") found.reverse();
  return paged(call, found, (row) => presentActivity(world, row));
};

function presentRun(call: Call, run: WorkflowRun) {
  const { world, repo } = call;
  const { repo: _, ...shown } = run;
  const url = `${repoUrl(world, repo)}/actions/runs/${run.id}`;
  return {
    ...shown,
    node_id: nodeId("WorkflowRun", run.id),
    url,
    html_url: `${world.url}/${repo.owner}/${repo.name}/actions/runs/${run.id}`,
    rerun_url: `${url}/rerun`,
    repository: repository(world, repo),
  };
}

/** As at GitHub, `status` asks for a status or a conclusion. */
const runs: Handler = (call) => {
  const { world, repo, query } = call;
  const asked = (name: string, ...values: (string | null)[]) => {
    const wanted = query.get(name);
    return !wanted || values.includes(wanted);
  };
  const found = world.store.workflowRuns
    .in(String(repo.id))
    .filter((run) => asked("head_sha", run.head_sha) && asked("branch", run.head_branch))
    .filter((run) => asked("event", run.event) && asked("status", run.status, run.conclusion))
    .reverse();
  const wrap = (workflow_runs: unknown[], total_count: number) => ({ total_count, workflow_runs });
  return paged(call, found, (run) => presentRun(call, run), wrap);
};

function one(call: Call): WorkflowRun {
  const found = call.world.store.workflowRuns.get(call.param("id"));
  if (found?.repo !== call.repo.id) throw notFound();
  return found;
}

const rerun: Handler = (call) => {
  call.need(ACTIONS);
  const run = one(call);
  if (run.status !== "completed") throw new ApiError(403, "This workflow is already running");
  if (run.conclusion === "action_required")
    throw new ApiError(403, "This workflow run cannot be retried: it awaits approval");
  const attempt = run.run_attempt + 1;
  call.world.store.workflowRuns.put({ ...run, status: "queued", conclusion: null, run_attempt: attempt });
  return created({});
};

const approve: Handler = (call) => {
  call.need(ACTIONS);
  const run = one(call);
  if (run.conclusion !== "action_required")
    throw new ApiError(403, "This workflow run does not await approval");
  call.world.store.workflowRuns.put({ ...run, status: "queued", conclusion: null });
  return created({});
};

const REPO = "/repos/:owner/:repo";
const RUN = `${REPO}/actions/runs/:id{[0-9]+}`;

export const actionRoutes: Route[] = [
  route("GET", `${REPO}/activity`, activity),
  route("GET", `${REPO}/actions/runs`, runs),
  route("GET", RUN, (call) => ok(presentRun(call, one(call)))),
  route("POST", `${RUN}/rerun-failed-jobs`, rerun),
  route("POST", `${RUN}/approve`, approve),
];
