// REST: repositories themselves, their collaborators, forks, teams and topics.
import { rm } from "node:fs/promises";
import { canSee, isCollaborator, isOrgAdmin, roleOf } from "../access.ts";
import { createRepo, fork, type NewRepo, seedFiles } from "../acts/repositories.ts";
import { ApiError, notFound } from "../api-error.ts";
import { ADMIN, type Call, created, type Handler, none, ok, paged, type Route, route } from "../call.ts";
import { presentAccount, restTeam } from "../present/account.ts";
import { fullRepository, listedRepository, permissions } from "../present/repository.ts";
import type { Account, Repo, Role } from "../records.ts";
import { account, fullName, gitOf, type World } from "../world.ts";

const get: Handler = (call) => ok(fullRepository(call.world, call.repo, call.actor.account));

const SETTINGS = [
  "allow_squash_merge",
  "allow_merge_commit",
  "allow_rebase_merge",
  "allow_auto_merge",
  "delete_branch_on_merge",
];

const settingsOf = (call: Call): Record<string, boolean | string> =>
  Object.fromEntries(
    SETTINGS.flatMap((name) => (call.flag(name) === undefined ? [] : [[name, call.flag(name) as boolean]])),
  );

const update: Handler = (call) => {
  const { world, repo } = call;
  call.need(ADMIN);
  repo.description = call.has("description") ? (call.text("description") ?? null) : repo.description;
  repo.homepage = call.text("homepage") ?? repo.homepage;
  repo.private = call.flag("private") ?? repo.private;
  repo.archived = call.flag("archived") ?? repo.archived;
  repo.default_branch = call.text("default_branch") ?? repo.default_branch;
  repo.settings = { ...repo.settings, ...settingsOf(call) };
  world.store.repos.put(repo);
  return ok(fullRepository(world, repo, call.actor.account));
};

const remove: Handler = async (call) => {
  const { world, repo } = call;
  call.need(ADMIN);
  await rm(gitOf(world, repo).directory, { recursive: true, force: true });
  world.store.repos.remove(repo);
  world.repositories.delete(repo.id);
  return none;
};

async function make(call: Call, owner: Account): Promise<Repo> {
  const wanted: NewRepo = {
    name: call.requiredText("name", "Repository"),
    description: call.text("description") ?? null,
    private: call.flag("private") ?? false,
    settings: settingsOf(call),
  };
  const repo = await createRepo(call.world, owner, wanted);
  if (call.flag("auto_init"))
    await seedFiles(
      call.world,
      repo,
      repo.default_branch,
      { "README.md": `# ${repo.name}\n` },
      "Initial commit",
      call.account.login,
    );
  return repo;
}

const createForUser: Handler = async (call) => {
  const owner = call.needAccount(["administration"]);
  return created(fullRepository(call.world, await make(call, owner), owner));
};

const createForOrg: Handler = async (call) => {
  const { org, world } = call;
  call.needAccount(["administration"]);
  if (!call.actor.installation && !isOrgAdmin(world, org.login, call.account.login))
    throw new ApiError(403, "You need admin access to the organization before adding a repository to it.");
  return created(fullRepository(world, await make(call, org), call.account));
};

const visible = (call: Call, owner: string): Repo[] =>
  call.world.store.repos.in(owner.toLowerCase()).filter((repo) => canSee(call.world, call.actor, repo));

const listed = (call: Call, repos: Repo[]) =>
  paged(call, repos, (repo) => listedRepository(call.world, repo, call.actor.account));

const listOfUser: Handler = (call) => {
  if (!account(call.world, call.param("login"))) throw notFound();
  return listed(call, visible(call, call.param("login")));
};

const listOwn: Handler = (call) => {
  const { login } = call.account;
  return listed(
    call,
    call.world.store.repos
      .all()
      .filter(
        (repo) =>
          repo.owner === login ||
          repo.collaborators[login.toLowerCase()] ||
          isOrgAdmin(call.world, repo.owner, login),
      ),
  );
};

const listForks: Handler = (call) =>
  listed(
    call,
    call.world.store.repos.all().filter((repo) => repo.parent === fullName(call.repo)),
  );

const createFork: Handler = async (call) => {
  const { world, repo } = call;
  const { login } = call.needAccount(["administration", "contents"]);
  const organization = call.text("organization");
  // An App has no account of its own to fork into.
  if (call.actor.installation && !organization)
    throw new ApiError(403, "Resource not accessible by integration");
  const owner = organization ?? login;
  const made = await fork(world, repo, owner, call.text("name"));
  return { status: 202, body: fullRepository(world, made, call.actor.account) };
};

const ROLE_NAMES: Record<Role, string> = {
  pull: "read",
  triage: "triage",
  push: "write",
  maintain: "maintain",
  admin: "admin",
};
/** The legacy field knows fewer levels. */
const LEGACY: Record<Role, string> = {
  pull: "read",
  triage: "read",
  push: "write",
  maintain: "write",
  admin: "admin",
};

function presentCollaborator(world: World, repo: Repo, found: Account) {
  const role = roleOf(world, repo, found.login);
  return {
    ...presentAccount(world, found),
    permissions: permissions(world, repo, found),
    role_name: role ? ROLE_NAMES[role] : "none",
  };
}

const collaborators: Handler = (call) => {
  const { world, repo, query } = call;
  call.account;
  const affiliation = query.get("affiliation");
  const people = world.store.accounts
    .all()
    .filter((found) => found.type !== "Organization" && isCollaborator(world, repo, found.login))
    .filter((found) => affiliation !== "direct" || repo.collaborators[found.login.toLowerCase()]);
  return paged(call, people, (found) => presentCollaborator(world, repo, found));
};

const isOne: Handler = (call) => {
  call.account;
  if (!isCollaborator(call.world, call.repo, call.param("login"))) throw notFound();
  return none;
};

const permission: Handler = (call) => {
  const { world, repo } = call;
  call.account;
  const found = account(world, call.param("login"));
  if (!found) throw notFound();
  const role = roleOf(world, repo, found.login);
  return ok({
    permission: role ? LEGACY[role] : "none",
    role_name: role ? ROLE_NAMES[role] : "none",
    user: presentCollaborator(world, repo, found),
  });
};

export const roleNamed = (name: string | undefined): Role =>
  (({ read: "pull", write: "push" }) as Record<string, Role>)[name ?? "push"] ?? ((name ?? "push") as Role);

const addCollaborator: Handler = (call) => {
  const { world, repo } = call;
  call.need(ADMIN);
  const found = account(world, call.param("login"));
  if (!found) throw notFound();
  repo.collaborators[found.login.toLowerCase()] = roleNamed(call.text("permission"));
  world.store.repos.put(repo);
  return none;
};

const removeCollaborator: Handler = (call) => {
  const { world, repo } = call;
  call.need(ADMIN);
  delete repo.collaborators[call.param("login").toLowerCase()];
  world.store.repos.put(repo);
  return none;
};

const teams: Handler = (call) => {
  const { world, repo } = call;
  const found = world.store.teams
    .in(repo.owner.toLowerCase())
    .filter((team) => team.repos[fullName(repo).toLowerCase()]);
  return paged(call, found, (team) => ({
    ...restTeam(world, team),
    permission: team.repos[fullName(repo).toLowerCase()],
  }));
};

const topics: Handler = (call) => {
  const { world, repo } = call;
  if (call.method === "PUT") {
    call.need(ADMIN);
    repo.topics = call.texts("names");
    world.store.repos.put(repo);
  }
  return ok({ names: repo.topics });
};

const invitations: Handler = (call) => {
  call.need(ADMIN);
  return ok([]);
};

const REPO = "/repos/:owner/:repo";

export const repoRoutes: Route[] = [
  route("GET", REPO, get),
  route("PATCH", REPO, update),
  route("DELETE", REPO, remove),
  route("POST", "/user/repos", createForUser),
  route("GET", "/user/repos", listOwn),
  route("POST", "/orgs/:org/repos", createForOrg),
  route("GET", "/orgs/:org/repos", (call) => listed(call, visible(call, call.org.login))),
  route("GET", "/users/:login/repos", listOfUser),
  route("GET", "/repositories", (call) =>
    listed(
      call,
      call.world.store.repos.all().filter((repo) => !repo.private),
    ),
  ),
  route("GET", `${REPO}/forks`, listForks),
  route("POST", `${REPO}/forks`, createFork),
  route("GET", `${REPO}/collaborators`, collaborators),
  route("GET", `${REPO}/collaborators/:login`, isOne),
  route("GET", `${REPO}/collaborators/:login/permission`, permission),
  route("PUT", `${REPO}/collaborators/:login`, addCollaborator),
  route("DELETE", `${REPO}/collaborators/:login`, removeCollaborator),
  route("GET", `${REPO}/teams`, teams),
  route("GET", `${REPO}/topics`, topics),
  route("PUT", `${REPO}/topics`, topics),
  route("GET", `${REPO}/languages`, (call) => ok(call.repo && {})),
  route("GET", `${REPO}/invitations`, invitations),
];
