// Reporting on a commit: statuses and check runs.
import { ApiError, invalid, notFound, unprocessable } from "../api-error.ts";
import { user } from "../present/account.ts";
import { eventCommit } from "../present/commit.ts";
import { checkRun, checkSuite, status as presentStatus } from "../present/report.ts";
import { repository, repoUrl, withOrganization } from "../present/repository.ts";
import type { CheckAnnotation, CheckRun, Repo, Status } from "../records.ts";
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
  announce(world, repoOf(world, run), by, "check_run", { check_run: shown(world, run) }, action);
}

function shown(world: World, run: CheckRun) {
  const { pull_requests, ...rest } = checkRun(world, run);
  return { ...rest, pull_requests, check_suite: checkSuite(world, run) };
}

/** Only the App that reported the run is told. */
function tellOwner(world: World, run: CheckRun, by: string, action: string, more: object = {}): void {
  const owner = run.app === null ? undefined : world.store.apps.get(String(run.app));
  if (!owner) return;
  const repo = repoOf(world, run);
  const suite = action === "suite";
  world.webhooks.send({
    event: suite ? "check_suite" : "check_run",
    action: suite ? "rerequested" : action,
    repo,
    only: owner,
    payload: {
      repository: repository(world, repo),
      ...withOrganization(world, repo),
      sender: user(world, by),
      ...(suite ? { check_suite: checkSuite(world, run) } : { check_run: shown(world, run) }),
      ...more,
    },
  });
}

/** Somebody wants the run again: the App decides what comes of it. */
export const rerequestRun = (world: World, run: CheckRun, by: string): void =>
  tellOwner(world, run, by, "rerequested");

/** `run` is any of the suite. */
export const rerequestSuite = (world: World, run: CheckRun, by: string): void =>
  tellOwner(world, run, by, "suite");

/** Somebody pressed a button of the run. */
export function requestAction(world: World, run: CheckRun, by: string, identifier: string): void {
  if (!run.actions?.some((action) => action.identifier === identifier)) throw notFound();
  tellOwner(world, run, by, "requested_action", { requested_action: { identifier } });
}

export type CheckChange = Partial<
  Pick<
    CheckRun,
    "name" | "status" | "conclusion" | "external_id" | "details_url" | "started_at" | "completed_at"
  >
> & { output?: Partial<CheckRun["output"]>; annotations?: CheckAnnotation[]; actions?: CheckRun["actions"] };

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
  const { output, annotations, actions, ...fields } = change;
  refuseTooMuch(change);
  for (const field of CHECK_FIELDS) {
    if (fields[field] !== undefined) Object.assign(run, { [field]: fields[field] });
  }
  if (output) run.output = { ...run.output, ...output };
  // GitHub adds the annotations of each request to those that are there.
  if (annotations) run.annotations = [...(run.annotations ?? []), ...annotations];
  if (actions) run.actions = actions;
  if (fields.conclusion) run.status = "completed";
  if (run.status !== "completed") {
    run.conclusion = null;
    run.completed_at = null;
    return;
  }
  if (!run.conclusion) throw invalid("CheckRun", "conclusion", "missing_field");
  run.completed_at ??= stamp(world);
}

const MOST_ANNOTATIONS = 50;
const MOST_ACTIONS = 3;
const LONGEST_OUTPUT = 65_535;
const LONGEST = { label: 20, description: 40, identifier: 20 } as const;

/** GitHub's limits for one request. */
function refuseTooMuch({ output, annotations = [], actions = [] }: CheckChange): void {
  const refuse = (what: string) => {
    throw unprocessable(`Invalid request.\n\n${what}`);
  };
  if (annotations.length > MOST_ANNOTATIONS)
    refuse(`No more than ${MOST_ANNOTATIONS} items are allowed; ${annotations.length} were supplied.`);
  for (const { path, message, start_line, end_line } of annotations) {
    if (!path || !message || start_line < 1 || end_line < start_line) refuse("An annotation is not valid.");
  }
  for (const field of ["summary", "text"] as const) {
    if (Buffer.byteLength(output?.[field] ?? "") > LONGEST_OUTPUT)
      refuse(`Only ${LONGEST_OUTPUT} bytes are allowed for ${field}.`);
  }
  if (actions.length > MOST_ACTIONS) refuse(`No more than ${MOST_ACTIONS} actions are allowed.`);
  for (const action of actions) {
    for (const [field, most] of Object.entries(LONGEST)) {
      if (action[field as keyof typeof LONGEST].length > most)
        refuse(`Only ${most} characters are allowed for the ${field} of an action.`);
    }
  }
}
