// Setting the emulator up over HTTP, under /_cutwater/: what at GitHub is done by hand or by its staff.
import { createApp, install, type NewApp } from "./acts/apps.ts";
import { createRepo, fork, seedFiles } from "./acts/repositories.ts";
import { ApiError, invalid, notFound } from "./api-error.ts";
import { fullUser, restTeam } from "./present/account.ts";
import { ownApp, hook as presentHook, installation as presentInstallation } from "./present/app.ts";
import { fullRepository } from "./present/repository.ts";
import type { Account, Repo, WorkflowRun } from "./records.ts";
import { addHook } from "./routes/hooks.ts";
import { roleNamed } from "./routes/repos.ts";
import { inspect, makeTrouble } from "./trouble.ts";
import { account, findTeam, gitOf, repoNamed, secret, stamp, type World } from "./world.ts";

export interface SeedUser {
  login: string;
  name?: string;
  email?: string;
  type?: "User" | "Bot";
  /** Any text; made when not given. */
  token?: string;
}

export interface SeedOrg {
  login: string;
  name?: string;
  members?: Record<string, "admin" | "member">;
  teams?: {
    name: string;
    slug?: string;
    members?: Record<string, "maintainer" | "member">;
    repos?: Record<string, string>;
  }[];
}

type Files = Record<string, string | null>;

export interface SeedRepo {
  owner: string;
  name: string;
  description?: string;
  private?: boolean;
  default_branch?: string;
  files?: Files;
  /** Further branches: changes on top of the default branch. */
  branches?: Record<string, Files>;
  message?: string;
  author?: string;
  labels?: { name: string; color?: string; description?: string }[];
  collaborators?: Record<string, string>;
  milestones?: string[];
  protection?: Record<string, Record<string, unknown>>;
  settings?: Record<string, boolean>;
}

export interface SeedHook {
  /** `org` or `org/repo`. */
  scope: string;
  url: string;
  secret?: string;
  events?: string[];
  content_type?: "json" | "form";
}

/** `repositories` are full names; absent means all of the account. */
export type SeedApp = NewApp & { installations?: { account: string; repositories?: string[] }[] };

export interface SeedWorkflowRun {
  /** Full name. */
  repo: string;
  branch: string;
  name: string;
  event?: string;
  status?: string;
  conclusion?: string | null;
}

export interface Seed {
  users?: SeedUser[];
  orgs?: SeedOrg[];
  repos?: SeedRepo[];
  forks?: { parent: string; owner: string; name?: string }[];
  apps?: SeedApp[];
  hooks?: SeedHook[];
  workflow_runs?: SeedWorkflowRun[];
}

/** Everything is put, so that the same seed may be sent twice; existing repositories keep their content. */
const ORDER = ["users", "orgs", "repos", "forks", "apps", "hooks", "workflow_runs"] as const;

export function admin(world: World, token?: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const path = new URL(request.url).pathname.slice("/_cutwater/".length);
    try {
      const open = request.method === "GET" && look(world, path);
      if (open) return open;
      if (token && request.headers.get("authorization") !== `Bearer ${token}`) {
        throw new ApiError(401, "Setting this GitHub up needs its admin token.");
      }
      if (request.method === "GET") return inspect(world, path, new URL(request.url).searchParams);
      const body = (await request.json()) as Record<string, unknown>;
      const trouble = makeTrouble(world, path, body);
      if (trouble) return Response.json(trouble);
      if (path === "seed") return Response.json(await seed(world, body as Seed));
      const kind = ORDER.find((known) => known === path);
      if (!kind || request.method !== "POST") throw notFound();
      const done = await seed(world, { [kind]: [body] });
      return Response.json(done[kind]?.[0], { status: 201 });
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError(400, String(error));
      return Response.json(known.body, { status: known.status });
    }
  };
}

/** What anybody may see. */
function look(world: World, path: string): Response | undefined {
  if (path === "idle") return Response.json({ idle: world.webhooks.idle });
  const avatar = /^avatars\/(\d+)\.svg$/.exec(path);
  return avatar ? drawAvatar(world, Number(avatar[1])) : undefined;
}

const HUES = 360;

/** A coloured disc with the account's first letter. */
function drawAvatar(world: World, id: number): Response {
  const found = world.store.accounts.all().find((known) => known.id === id);
  const letter = /[a-z0-9]/i.exec(found?.login ?? "?")?.[0]?.toUpperCase() ?? "?";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="20" fill="hsl(${(id * 67) % HUES} 45% 42%)"/><text x="20" y="27" font-family="sans-serif" font-size="20" fill="#fff" text-anchor="middle">${letter}</text></svg>`;
  return new Response(svg, { headers: { "content-type": "image/svg+xml", "cache-control": "max-age=3600" } });
}

async function seed(world: World, wanted: Seed): Promise<Partial<Record<(typeof ORDER)[number], unknown[]>>> {
  const done: Partial<Record<(typeof ORDER)[number], unknown[]>> = {};
  done.users = (wanted.users ?? []).map((user) => seedUser(world, user));
  done.orgs = (wanted.orgs ?? []).map((org) => seedOrg(world, org));
  done.repos = [];
  for (const repo of wanted.repos ?? [])
    done.repos.push(fullRepository(world, await seedRepo(world, repo), undefined));
  done.forks = [];
  for (const { parent, owner, name } of wanted.forks ?? []) {
    const found = repoNamed(world, parent);
    if (!found) throw invalid("Fork", "parent");
    done.forks.push(fullRepository(world, await fork(world, found, owner, name), undefined));
  }
  done.apps = (wanted.apps ?? []).map((app) => seedApp(world, app));
  done.hooks = (wanted.hooks ?? []).map((hook) => seedHook(world, hook));
  done.workflow_runs = [];
  for (const run of wanted.workflow_runs ?? []) done.workflow_runs.push(await seedWorkflowRun(world, run));
  return done;
}

function put(world: World, login: string, type: Account["type"], name?: string): Account {
  const known = account(world, login);
  if (known) return known;
  if (!/^[\w-]+(\[bot\])?$/.test(login)) throw invalid("User", "login");
  const made = {
    id: world.store.nextId(),
    login,
    type,
    name: name ?? null,
    email: null,
    created_at: stamp(world),
  };
  return world.store.accounts.put(made);
}

function seedUser(world: World, wanted: SeedUser) {
  const found = put(world, wanted.login, wanted.type ?? "User", wanted.name);
  found.email = wanted.email ?? found.email;
  world.store.accounts.put(found);
  const token = wanted.token ?? `ghp_${secret(world, 36)}`;
  world.store.tokens.put({ token, login: found.login });
  return { ...fullUser(world, found), token };
}

function seedOrg(world: World, wanted: SeedOrg) {
  const org = put(world, wanted.login, "Organization", wanted.name);
  const members = Object.entries(wanted.members ?? {}).map(
    ([login, role]) => [login.toLowerCase(), role] as const,
  );
  org.members = { ...org.members, ...Object.fromEntries(members) };
  world.store.accounts.put(org);
  const teams = (wanted.teams ?? []).map((team) => {
    const slug = team.slug ?? team.name.toLowerCase().replace(/\W+/g, "-");
    const repos = Object.entries(team.repos ?? {}).map(
      ([full, role]) => [full.toLowerCase(), roleNamed(role)] as const,
    );
    const people = Object.entries(team.members ?? {}).map(
      ([login, role]) => [login.toLowerCase(), role] as const,
    );
    const made = world.store.teams.put({
      id: findTeam(world, org.login, slug)?.id ?? world.store.nextId(),
      org: org.login,
      slug,
      name: team.name,
      description: null,
      privacy: "closed",
      parent: null,
      members: Object.fromEntries(people),
      repos: Object.fromEntries(repos),
    });
    return restTeam(world, made);
  });
  return { login: org.login, id: org.id, members: org.members, teams };
}

async function seedRepo(world: World, wanted: SeedRepo): Promise<Repo> {
  const owner = account(world, wanted.owner);
  if (!owner)
    throw invalid("Repository", "owner", "missing", `There is no account ${wanted.owner}: seed it first.`);
  const known = repoNamed(world, `${wanted.owner}/${wanted.name}`);
  const repo = known ?? (await createRepo(world, owner, wanted));
  const by = wanted.author ?? wanted.owner;
  if (!known) {
    const message = wanted.message ?? "Initial commit";
    if (wanted.files) await seedFiles(world, repo, repo.default_branch, wanted.files, message, by);
    for (const [branch, files] of Object.entries(wanted.branches ?? {}))
      await seedFiles(world, repo, branch, files, `Start ${branch}`, by);
    await gitOf(world, repo).refs();
  }
  for (const { name, color = "ededed", description = null } of wanted.labels ?? []) {
    if (repo.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) continue;
    repo.labels.push({ id: world.store.nextId(), name, color: color.replace(/^#/, ""), description });
  }
  for (const [login, role] of Object.entries(wanted.collaborators ?? {}))
    repo.collaborators[login.toLowerCase()] = roleNamed(role);
  for (const title of wanted.milestones ?? []) addMilestone(world, repo, title);
  Object.assign(repo.protection, wanted.protection);
  return world.store.repos.put(repo);
}

function addMilestone(world: World, repo: Repo, title: string): void {
  if (repo.milestones.some((found) => found.title === title)) return;
  const now = stamp(world);
  repo.milestones.push({
    id: world.store.nextId(),
    number: repo.milestones.length + 1,
    title,
    description: null,
    state: "open",
    creator: repo.owner,
    created_at: now,
    updated_at: now,
    closed_at: null,
    due_on: null,
  });
}

function seedApp(world: World, wanted: SeedApp) {
  const known = world.store.apps.all().find((app) => app.name === wanted.name);
  const app = known ?? createApp(world, wanted);
  const { pem } = app.pending ?? {};
  delete app.pending;
  if (known && wanted.hook_url !== undefined) known.hook_url = wanted.hook_url;
  world.store.apps.put(app);
  const installations = (wanted.installations ?? []).map(({ account: login, repositories }) => {
    const ids = repositories?.flatMap((full) => repoNamed(world, full)?.id ?? []) ?? null;
    return presentInstallation(world, install(world, app, login, ids));
  });
  return {
    ...ownApp(world, app),
    webhook_secret: app.webhook_secret,
    installations,
    ...(pem ? { pem } : {}),
  };
}

/** For the head that the branch has now. */
async function seedWorkflowRun(world: World, wanted: SeedWorkflowRun): Promise<WorkflowRun> {
  const repo = repoNamed(world, wanted.repo);
  const sha = repo && (await gitOf(world, repo).branch(wanted.branch));
  if (!repo || !sha) throw invalid("WorkflowRun", "branch");
  const now = stamp(world);
  return world.store.workflowRuns.put({
    id: world.store.nextId(),
    repo: repo.id,
    name: wanted.name,
    head_branch: wanted.branch,
    head_sha: sha,
    event: wanted.event ?? "pull_request",
    status: wanted.status ?? "completed",
    conclusion: wanted.conclusion ?? null,
    run_attempt: 1,
    created_at: now,
    updated_at: now,
  });
}

function seedHook(world: World, wanted: SeedHook) {
  const config = {
    url: wanted.url,
    content_type: wanted.content_type ?? "json",
    insecure_ssl: "0",
    ...(wanted.secret ? { secret: wanted.secret } : {}),
  };
  const events = wanted.events ?? ["*"];
  const known = world.store.hooks
    .in(wanted.scope.toLowerCase())
    .find((hook) => hook.config.url === wanted.url);
  if (!known) return presentHook(world, addHook(world, wanted.scope, { active: true, events, config }));
  return presentHook(world, world.store.hooks.put({ ...known, config, events }));
}
