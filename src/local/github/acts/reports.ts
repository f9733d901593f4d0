// Reporting on a commit: statuses and check runs.
import { ApiError, invalid, unprocessable } from "../api-error.ts";
import { eventCommit } from "../present/commit.ts";
import { checkRun, checkSuite, status as presentStatus } from "../present/report.ts";
import { repoUrl } from "../present/repository.ts";
import type { CheckRun, Repo, Status } from "../records.ts";
import { fullName, gitOf, repoOf, stamp, type World } from "../world.ts";
import { announce } from "./announce.ts";

const STATES = ["error", "failure", "pending", "success"];
const LONGEST_DESCRIPTION = 140;
/** GitHub's limit for one commit and context. */
const MOST_STATUSES = 1000;

export type NewStatus = Pick<Status, "context" | "description" | "target_url"> & { state: string };

export async function createStatus(
  world: World,
  repo: Repo,
  by: string,
  sha: string,
  wanted: NewStatus,
): Promise<Status> {
  if (!STATES.includes(wanted.state))
    throw invalid("Status", "state", "custom", "state is not included in the list");
  if ((wanted.description?.length ?? 0) > LONGEST_DESCRIPTION)
    throw invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)");
  const repository = gitOf(world, repo);
  const found = await repository.resolve(sha);
  if (!found || found !== sha) throw unprocessable(`No commit found for SHA: ${sha}`);
  const earlier = world.store.statuses
    .in(`${repo.id}@${sha}`)
    .filter((status) => status.context === wanted.context);
  if (earlier.length >= MOST_STATUSES)
    throw new ApiError(422, "Validation Failed", [
      "This SHA and context has reached the maximum number of statuses.",
    ]);
  const status = world.store.statuses.put({
    ...wanted,
    id: world.store.nextId(),
    repo: repo.id,
    sha,
    state: wanted.state as Status["state"],
    creator: by,
    created_at: stamp(world),
  });
  const { url: _url, node_id: _node, creator: _creator, ...shown } = presentStatus(world, status);
  const heads = (await repository.branches()).filter(([, head]) => head === sha);
  announce(world, repo, by, "status", {
    ...shown,
    sha,
    name: fullName(repo),
    commit: eventCommit(world, repo, await repository.commit(sha)),
    branches: heads.map(([name]) => ({
      name,
      commit: { sha, url: `${repoUrl(world, repo)}/commits/${sha}` },
      protected: name in repo.protection,
    })),
  });
  return status;
}

function tell(world: World, run: CheckRun, by: string, action: string): void {
  const { pull_requests, ...shown } = checkRun(world, run);
  const payload = { check_run: { ...shown, pull_requests, check_suite: checkSuite(world, run) } };
  announce(world, repoOf(world, run), by, "check_run", payload, action);
}

export type CheckChange = Partial<
  Pick<
    CheckRun,
    "name" | "status" | "conclusion" | "external_id" | "details_url" | "started_at" | "completed_at"
  >
> & { output?: Partial<CheckRun["output"]> };

export async function createCheck(
  world: World,
  repo: Repo,
  by: string,
  app: number | null,
  wanted: CheckChange & { name: string; sha: string },
): Promise<CheckRun> {
  if ((await gitOf(world, repo).resolve(wanted.sha)) !== wanted.sha)
    throw unprocessable(`No commit found for SHA: ${wanted.sha}`);
  const sibling = world.store.checkRuns.in(`${repo.id}@${wanted.sha}`).find((run) => run.app === app);
  const run: CheckRun = {
    id: world.store.nextId(),
    repo: repo.id,
    sha: wanted.sha,
    suite: sibling?.suite ?? world.store.nextId(),
    name: wanted.name,
    app,
    status: "queued",
    conclusion: null,
    external_id: "",
    details_url: null,
    started_at: stamp(world),
    completed_at: null,
    output: { title: null, summary: null, text: null },
  };
  apply(world, run, wanted);
  world.store.checkRuns.put(run);
  tell(world, run, by, "created");
  if (run.status === "completed") tell(world, run, by, "completed");
  return run;
}

export function updateCheck(world: World, run: CheckRun, by: string, change: CheckChange): void {
  const was = run.status;
  apply(world, run, change);
  world.store.checkRuns.put(run);
  if (run.status === "completed" && was !== "completed") tell(world, run, by, "completed");
}

/** What a request may say of a check run in plain text. */
export const CHECK_FIELDS = [
  "name",
  "status",
  "conclusion",
  "external_id",
  "details_url",
  "started_at",
  "completed_at",
] as const;

/** A conclusion completes a run, with or without being told so. */
function apply(world: World, run: CheckRun, change: CheckChange): void {
  const { output, ...fields } = change;
  for (const field of CHECK_FIELDS) {
    if (fields[field] !== undefined) Object.assign(run, { [field]: fields[field] });
  }
  if (output) run.output = { ...run.output, ...output };
  if (fields.conclusion) run.status = "completed";
  if (run.status !== "completed") {
    run.conclusion = null;
    run.completed_at = null;
    return;
  }
  if (!run.conclusion) throw invalid("CheckRun", "conclusion", "missing_field");
  run.completed_at ??= stamp(world);
}
