// REST: branch protection, kept as it was put and enforced when merging.
import { ApiError } from "../api-error.ts";
import { ADMIN, ADMIN_READ, type Call, type Handler, none, ok, type Route, route } from "../call.ts";
import { repoUrl } from "../present/repository.ts";
import { gitOf } from "../world.ts";

type Protection = Record<string, unknown>;

const wrap = (value: unknown, url?: string) => ({ ...(url ? { url } : {}), enabled: value === true });

/** PUT takes flags; GET answers with objects. */
export function presentProtection(kept: Protection, url: string): Protection {
  const checks = kept["required_status_checks"] as {
    strict?: boolean;
    contexts?: string[];
    checks?: { context: string }[];
  } | null;
  const reviews = kept["required_pull_request_reviews"] as Protection | null;
  const contexts = [
    ...new Set([...(checks?.contexts ?? []), ...(checks?.checks ?? []).map((check) => check.context)]),
  ];
  const shown: Protection = {
    url,
    enforce_admins: wrap(kept["enforce_admins"], `${url}/enforce_admins`),
    required_linear_history: wrap(kept["required_linear_history"]),
    allow_force_pushes: wrap(kept["allow_force_pushes"]),
    allow_deletions: wrap(kept["allow_deletions"]),
    required_signatures: wrap(kept["required_signatures"], `${url}/required_signatures`),
  };
  if (checks)
    shown["required_status_checks"] = {
      url: `${url}/required_status_checks`,
      strict: checks.strict ?? false,
      contexts,
      contexts_url: `${url}/required_status_checks/contexts`,
      checks: contexts.map((context) => ({ context, app_id: null })),
    };
  if (reviews)
    shown["required_pull_request_reviews"] = {
      url: `${url}/required_pull_request_reviews`,
      dismiss_stale_reviews: reviews["dismiss_stale_reviews"] ?? false,
      require_code_owner_reviews: reviews["require_code_owner_reviews"] ?? false,
      required_approving_review_count: reviews["required_approving_review_count"] ?? 1,
    };
  const restrictions = kept["restrictions"] as { users?: string[]; teams?: string[]; apps?: string[] } | null;
  if (restrictions)
    shown["restrictions"] = {
      url: `${url}/restrictions`,
      users_url: `${url}/restrictions/users`,
      teams_url: `${url}/restrictions/teams`,
      apps_url: `${url}/restrictions/apps`,
      users: (restrictions.users ?? []).map((login) => ({ login })),
      teams: (restrictions.teams ?? []).map((slug) => ({ slug, name: slug })),
      apps: (restrictions.apps ?? []).map((slug) => ({ slug })),
    };
  return shown;
}

const urlOf = (call: Call): string =>
  `${repoUrl(call.world, call.repo)}/branches/${call.param("branch")}/protection`;

async function kept(call: Call, need = ADMIN): Promise<Protection> {
  call.need(need);
  const branch = call.param("branch");
  if (!(await gitOf(call.world, call.repo).branch(branch))) throw new ApiError(404, "Branch not found");
  const found = call.repo.protection[branch];
  if (!found) throw new ApiError(404, "Branch not protected");
  return found;
}

const get: Handler = async (call) => ok(presentProtection(await kept(call, ADMIN_READ), urlOf(call)));

const put: Handler = async (call) => {
  const { world, repo } = call;
  call.need(ADMIN);
  const branch = call.param("branch");
  if (!(await gitOf(world, repo).branch(branch))) throw new ApiError(404, "Branch not found");
  repo.protection[branch] = call.body;
  world.store.repos.put(repo);
  return ok(presentProtection(call.body, urlOf(call)));
};

const remove: Handler = async (call) => {
  await kept(call);
  delete call.repo.protection[call.param("branch")];
  call.world.store.repos.put(call.repo);
  return none;
};

const requireSignatures: Handler = async (call) => {
  const protection = await kept(call);
  protection["required_signatures"] = call.method === "POST";
  call.world.store.repos.put(call.repo);
  return call.method === "POST" ? ok(wrap(true, `${urlOf(call)}/required_signatures`)) : none;
};

const PROTECTION = "/repos/:owner/:repo/branches/:branch{.+}/protection";

export const protectionRoutes: Route[] = [
  route("GET", PROTECTION, get),
  route("PUT", PROTECTION, put),
  route("DELETE", PROTECTION, remove),
  route("POST", `${PROTECTION}/required_signatures`, requireSignatures),
  route("DELETE", `${PROTECTION}/required_signatures`, requireSignatures),
];
