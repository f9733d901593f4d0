// REST: commit statuses and check runs.
import {
  CHECK_FIELDS,
  type CheckChange,
  createCheck,
  createStatus,
  rerequestRun,
  rerequestSuite,
  updateCheck,
} from "../acts/reports.ts";
import { ApiError, notFound, unprocessable } from "../api-error.ts";
import { type Call, CHECKS, created, type Handler, ok, paged, type Route, route, STATUSES } from "../call.ts";
import { checksOf, contextsOf, statusesOf } from "../contexts.ts";
import { checkRun, checkSuite, combinedStatus, status as presentStatus } from "../present/report.ts";
import { repoPage, repository, repoUrl } from "../present/repository.ts";
import type { CheckRun, Installation } from "../records.ts";
import { gitOf } from "../world.ts";

async function commitOf(call: Call): Promise<string> {
  const name = call.param("ref");
  const sha = await gitOf(call.world, call.repo).resolve(name);
  if (sha) return sha;
  throw /^[0-9a-f]{40}$/.test(name) ? unprocessable(`No commit found for SHA: ${name}`) : notFound();
}

const create: Handler = async (call) => {
  const { world, repo } = call;
  call.need(STATUSES);
  const status = await createStatus(world, repo, call.account.login, call.param("ref"), {
    state: call.requiredText("state", "Status"),
    context: call.text("context") || "default",
    description: call.text("description") ?? null,
    target_url: call.text("target_url") || null,
  });
  return created(presentStatus(world, status));
};

const list: Handler = async (call) => {
  const { world, repo } = call;
  return paged(call, statusesOf(world, repo, await commitOf(call)), (status) => presentStatus(world, status));
};

const combined: Handler = async (call) => {
  const { world, repo } = call;
  const sha = await commitOf(call);
  const all = contextsOf(world, repo, sha);
  const reply = await paged(call, all, (status) => status);
  return { ...reply, body: combinedStatus(world, repo, sha, all, reply.body as typeof all) };
};

/** The fields of a check run that a request gives. */
function change(call: Call): CheckChange {
  const fields: CheckChange = {};
  for (const field of CHECK_FIELDS) {
    const value = call.text(field);
    if (value !== undefined) Object.assign(fields, { [field]: value });
  }
  const output = call.body["output"];
  if (typeof output === "object" && output !== null) {
    const { title = null, summary = null, text = null } = output as Partial<CheckRun["output"]>;
    fields.output = { title, summary, text };
    const { annotations } = output as { annotations?: CheckRun["annotations"] };
    if (Array.isArray(annotations)) fields.annotations = annotations;
  }
  if (Array.isArray(call.body["actions"])) fields.actions = call.body["actions"] as CheckRun["actions"];
  return fields;
}

/** Only Apps report check runs, at GitHub as here. */
function needApp(call: Call): Installation {
  const { installation } = call.actor;
  if (!installation) throw new ApiError(403, "You must authenticate via a GitHub App.");
  call.need(CHECKS);
  return installation;
}

const createRun: Handler = async (call) => {
  const { world, repo } = call;
  const { app } = needApp(call);
  const run = await createCheck(world, repo, call.account.login, app, {
    ...change(call),
    name: call.requiredText("name", "CheckRun"),
    sha: call.requiredText("head_sha", "CheckRun"),
  });
  return created(checkRun(world, run));
};

const one = (call: Call): CheckRun => {
  const found = call.world.store.checkRuns.get(call.param("id"));
  if (found?.repo !== call.repo.id) throw notFound();
  return found;
};

const updateRun: Handler = (call) => {
  needApp(call);
  const run = one(call);
  updateCheck(call.world, run, call.account.login, change(call));
  return ok(checkRun(call.world, run));
};

const listAnnotations: Handler = (call) => {
  const run = one(call);
  const { repo, world } = call;
  const blob = (path: string) => `${repoPage(world, repo)}/blob/${run.sha}/${path}`;
  return paged(call, run.annotations ?? [], (found) => ({
    start_column: null,
    end_column: null,
    title: null,
    raw_details: null,
    ...found,
    blob_href: blob(found.path),
  }));
};

/** Whoever may push may have a run again. */
const rerequest: Handler = (call) => {
  call.need(CHECKS);
  rerequestRun(call.world, one(call), call.account.login);
  return { status: 201, body: {} };
};

const rerequestAll: Handler = (call) => {
  call.need(CHECKS);
  const { repo, world } = call;
  const run = world.store.checkRuns
    .all()
    .find((found) => found.repo === repo.id && String(found.suite) === call.param("id"));
  if (!run) throw notFound();
  rerequestSuite(world, run, call.account.login);
  return { status: 201, body: {} };
};

const listRuns: Handler = async (call) => {
  const { world, repo, query } = call;
  const sha = await commitOf(call);
  const all =
    query.get("filter") === "all"
      ? world.store.checkRuns.in(`${repo.id}@${sha}`)
      : checksOf(world, repo, sha);
  const shown = all
    .filter((run) => !query.get("check_name") || run.name === query.get("check_name"))
    .filter((run) => !query.get("status") || run.status === query.get("status"))
    .filter((run) => !query.get("app_id") || String(run.app) === query.get("app_id"));
  return paged(
    call,
    shown,
    (run) => checkRun(world, run),
    (check_runs, total_count) => ({ total_count, check_runs }),
  );
};

const listSuites: Handler = async (call) => {
  const { world, repo } = call;
  const sha = await commitOf(call);
  const latest = new Map(checksOf(world, repo, sha).map((run) => [run.suite, run]));
  const data = await gitOf(world, repo).commit(sha);
  const { author, committer, message, tree } = data;
  const head = { id: sha, tree_id: tree, message, timestamp: committer.date, author, committer };
  const present = (run: CheckRun) => ({
    ...checkSuite(world, run),
    repository: repository(world, repo),
    head_commit: head,
    latest_check_runs_count: checksOf(world, repo, sha).filter((other) => other.suite === run.suite).length,
    check_runs_url: `${repoUrl(world, repo)}/check-suites/${run.suite}/check-runs`,
  });
  return paged(call, [...latest.values()], present, (check_suites, total_count) => ({
    total_count,
    check_suites,
  }));
};

const REPO = "/repos/:owner/:repo";

export const reportRoutes: Route[] = [
  route("POST", `${REPO}/statuses/:ref`, create),
  route("GET", `${REPO}/statuses/:ref{.+}`, list),
  route("GET", `${REPO}/commits/:ref{.+}/statuses`, list),
  route("GET", `${REPO}/commits/:ref{.+}/status`, combined),
  route("GET", `${REPO}/commits/:ref{.+}/check-runs`, listRuns),
  route("GET", `${REPO}/commits/:ref{.+}/check-suites`, listSuites),
  route("POST", `${REPO}/check-runs`, createRun),
  route("GET", `${REPO}/check-runs/:id{[0-9]+}`, (call) => ok(checkRun(call.world, one(call)))),
  route("PATCH", `${REPO}/check-runs/:id{[0-9]+}`, updateRun),
  route("GET", `${REPO}/check-runs/:id{[0-9]+}/annotations`, listAnnotations),
  route("POST", `${REPO}/check-runs/:id{[0-9]+}/rerequest`, rerequest),
  route("POST", `${REPO}/check-suites/:id{[0-9]+}/rerequest`, rerequestAll),
];
