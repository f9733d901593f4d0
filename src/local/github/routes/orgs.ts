// REST: organizations, their members, teams; users.
import { isOrgAdmin, isOrgMember } from "../access.ts";
import { ApiError, invalid, notFound } from "../api-error.ts";
import { type Call, created, type Handler, none, ok, paged, type Route, route } from "../call.ts";
import {
  fullOrganization,
  fullTeam,
  fullUser,
  organization,
  ownUser,
  presentAccount,
  team as presentTeam,
  restTeam,
  user,
} from "../present/account.ts";
import { listedRepository, permissions } from "../present/repository.ts";
import type { Account, Team } from "../records.ts";
import { account, accountOrGhost, findRepo, findTeam, fullName, repoNamed } from "../world.ts";
import { roleNamed } from "./repos.ts";

function needAdmin(call: Call): void {
  const { org, world } = call;
  const { login } = call.needAccount(["members"]);
  if (!call.actor.installation && !isOrgAdmin(world, org.login, login))
    throw new ApiError(403, "You must be an admin to do this.");
}

const updateOrg: Handler = (call) => {
  needAdmin(call);
  const { org, world } = call;
  org.name = call.text("name") ?? org.name;
  org.description = call.text("description") ?? org.description ?? null;
  world.store.accounts.put(org);
  return ok(fullOrganization(world, org));
};

const members: Handler = (call) => {
  const { org, world, query } = call;
  const role = query.get("role") ?? "all";
  const logins = Object.entries(org.members ?? {}).filter(([, has]) => role === "all" || role === has);
  return paged(call, logins, ([login]) => user(world, login));
};

const isMember: Handler = (call) => {
  if (!isOrgMember(call.world, call.org.login, call.param("login")))
    throw new ApiError(404, "User does not exist or is not a member of the organization");
  return none;
};

const removeMember: Handler = (call) => {
  needAdmin(call);
  const { org, world } = call;
  delete org.members?.[call.param("login").toLowerCase()];
  world.store.accounts.put(org);
  return none;
};

function presentMembership(call: Call, org: Account, login: string) {
  const { world } = call;
  const role = org.members?.[login.toLowerCase()];
  if (!role) throw notFound();
  const url = `${world.url}/orgs/${org.login}`;
  return {
    url: `${url}/memberships/${login}`,
    state: "active",
    role,
    organization_url: url,
    organization: organization(world, org),
    user: user(world, login),
  };
}

const setMembership: Handler = (call) => {
  needAdmin(call);
  const { org, world } = call;
  const found = account(world, call.param("login"));
  if (!found) throw notFound();
  org.members = {
    ...org.members,
    [found.login.toLowerCase()]: call.text("role") === "admin" ? "admin" : "member",
  };
  world.store.accounts.put(org);
  return ok(presentMembership(call, org, found.login));
};

/** Who is made a member is one at once, so that none is ever pending. */
const ownMemberships: Handler = (call) => {
  const { world, query, account: own } = call;
  const pending = query.get("state") === "pending";
  const found = world.store.accounts
    .all()
    .filter((org) => !pending && org.members?.[own.login.toLowerCase()]);
  return paged(call, found, (org) => presentMembership(call, org, own.login));
};

const ownMembership: Handler = (call) => ok(presentMembership(call, call.org, call.account.login));

/** By slug below its organization, or by id alone as the old paths have it. */
function teamOf(call: Call): Team {
  const { id, org, orgId } = call.params;
  const found =
    id === undefined
      ? findTeam(call.world, org ?? "", call.param("slug"))
      : call.world.store.teams.all().find((team) => String(team.id) === id);
  if (!found || (orgId && String(account(call.world, found.org)?.id) !== orgId)) throw notFound();
  return found;
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\w]+/g, "-")
    .replace(/^-|-$/g, "");

const createTeam: Handler = (call) => {
  needAdmin(call);
  const { org, world } = call;
  const name = call.requiredText("name", "Team");
  if (findTeam(world, org.login, slugOf(name))) throw invalid("Team", "name", "already_exists");
  const made = world.store.teams.put({
    id: world.store.nextId(),
    org: org.login,
    slug: slugOf(name),
    name,
    description: call.text("description") ?? null,
    privacy: call.text("privacy") === "closed" ? "closed" : "secret",
    parent: null,
    members: Object.fromEntries(
      call.texts("maintainers").map((login) => [login.toLowerCase(), "maintainer"]),
    ),
    repos: Object.fromEntries(call.texts("repo_names").map((name) => [name.toLowerCase(), "pull"])),
  });
  return created(fullTeam(world, made));
};

const updateTeam: Handler = (call) => {
  const { world } = call;
  const found = teamOf(call);
  found.name = call.text("name") ?? found.name;
  found.description = call.text("description") ?? found.description;
  if (call.text("privacy")) found.privacy = call.text("privacy") === "closed" ? "closed" : "secret";
  world.store.teams.put(found);
  return ok(fullTeam(world, found));
};

const removeTeam: Handler = (call) => {
  call.world.store.teams.remove(teamOf(call));
  return none;
};

const teamMembers: Handler = (call) => {
  const role = call.query.get("role") ?? "all";
  const found = Object.entries(teamOf(call).members).filter(([, has]) => role === "all" || role === has);
  return paged(call, found, ([login]) => user(call.world, login));
};

const teamRepos: Handler = (call) => {
  const team = teamOf(call);
  const repos = Object.keys(team.repos).flatMap((full) => repoNamed(call.world, full) ?? []);
  return paged(call, repos, (repo) => {
    const role = team.repos[fullName(repo).toLowerCase()];
    const order = ["pull", "triage", "push", "maintain", "admin"];
    const all = permissions(call.world, repo, undefined);
    const held = Object.fromEntries(
      Object.keys(all).map((name) => [name, order.indexOf(name) <= order.indexOf(role ?? "")]),
    );
    return { ...listedRepository(call.world, repo, undefined), permissions: held, role_name: role };
  });
};

const changeTeamRepo: Handler = (call) => {
  const team = teamOf(call);
  const repo = findRepo(call.world, call.param("owner"), call.param("repo"));
  if (!repo) throw notFound();
  const full = fullName(repo).toLowerCase();
  if (call.method === "GET" && !team.repos[full]) throw notFound();
  if (call.method === "PUT") team.repos[full] = roleNamed(call.text("permission"));
  if (call.method === "DELETE") delete team.repos[full];
  call.world.store.teams.put(team);
  return none;
};

const teamMembership: Handler = (call) => {
  const team = teamOf(call);
  const login = call.param("login");
  const who = login.toLowerCase();
  if (call.method === "PUT") {
    if (!account(call.world, login)) throw notFound();
    team.members[who] = call.text("role") === "maintainer" ? "maintainer" : "member";
  }
  const role = team.members[who];
  if (!role) throw notFound();
  if (call.method === "DELETE") delete team.members[who];
  call.world.store.teams.put(team);
  if (call.method === "DELETE") return none;
  return ok({ url: `${presentTeam(call.world, team).url}/memberships/${login}`, role, state: "active" });
};

const getUser: Handler = (call) => {
  const found = account(call.world, call.param("login"));
  if (!found) throw notFound();
  return ok(fullUser(call.world, found));
};

const self: Handler = (call) => {
  if (call.actor.installation) throw new ApiError(403, "Resource not accessible by integration");
  return ok(ownUser(call.world, call.account));
};

const orgsOf = (call: Call, login: string) => {
  const found = call.world.store.accounts.all().filter((org) => org.members?.[login.toLowerCase()]);
  return paged(call, found, (org) => organization(call.world, org));
};

/** A list that is always empty, once `look` has found whose it is. */
const nobody =
  (look: (call: Call) => unknown): Handler =>
  (call) => {
    look(call);
    return paged(call, [], (found) => found);
  };

const TEAM = "/orgs/:org/teams/:slug";
const teamPaths = [TEAM, "/teams/:id{[0-9]+}", "/organizations/:orgId{[0-9]+}/team/:id{[0-9]+}"];

export const orgRoutes: Route[] = [
  route("GET", "/orgs/:org", (call) => ok(fullOrganization(call.world, call.org))),
  route("PATCH", "/orgs/:org", updateOrg),
  route("GET", "/orgs/:org/members", members),
  route("GET", "/orgs/:org/members/:login", isMember),
  route("DELETE", "/orgs/:org/members/:login", removeMember),
  route("GET", "/orgs/:org/public_members/:login", isMember),
  route("GET", "/orgs/:org/memberships/:login", (call) =>
    ok(presentMembership(call, call.org, call.param("login"))),
  ),
  route("PUT", "/orgs/:org/memberships/:login", setMembership),
  route("DELETE", "/orgs/:org/memberships/:login", removeMember),
  route("GET", "/user/memberships/orgs", ownMemberships),
  route("GET", "/user/memberships/orgs/:org", ownMembership),
  route("PATCH", "/user/memberships/orgs/:org", ownMembership),
  route(
    "GET",
    "/orgs/:org/invitations",
    nobody((call) => call.org),
  ),
  route(
    "GET",
    "/orgs/:org/failed_invitations",
    nobody((call) => call.org),
  ),
  route("GET", "/orgs/:org/teams", (call) =>
    paged(call, call.world.store.teams.in(call.org.login.toLowerCase()), (team) =>
      restTeam(call.world, team),
    ),
  ),
  route("POST", "/orgs/:org/teams", createTeam),
  ...teamPaths.flatMap((path) => [
    route("GET", path, (call) => ok(fullTeam(call.world, teamOf(call)))),
    route("PATCH", path, updateTeam),
    route("DELETE", path, removeTeam),
    route("GET", `${path}/members`, teamMembers),
    route("GET", `${path}/repos`, teamRepos),
    route("GET", `${path}/invitations`, nobody(teamOf)),
    ...(["GET", "PUT", "DELETE"] as const).flatMap((method) => [
      route(method, `${path}/repos/:owner/:repo`, changeTeamRepo),
      route(method, `${path}/memberships/:login`, teamMembership),
    ]),
  ]),
  route("GET", "/users", (call) =>
    paged(call, call.world.store.accounts.all(), (found) => presentAccount(call.world, found)),
  ),
  route("GET", "/users/:login", getUser),
  route("GET", "/users/:login/orgs", (call) =>
    orgsOf(call, accountOrGhost(call.world, call.param("login")).login),
  ),
  route("GET", "/user", self),
  // Collaborators, too, are added without an invitation.
  route(
    "GET",
    "/user/repository_invitations",
    nobody((call) => call.account),
  ),
  route("GET", "/user/orgs", (call) => orgsOf(call, call.account.login)),
];
