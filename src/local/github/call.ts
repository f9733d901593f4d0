// One request as a handler sees it: who asks, for what, with which input; and the replies it may give.
import { type Actor, can, type Need, visibleRepo } from "./access.ts";
import { ApiError, invalid, notFound, unprocessable } from "./api-error.ts";
import type { Account, Issue, Repo } from "./records.ts";
import { account, findIssue, isPull, type PullRequest, type World } from "./world.ts";

export interface Reply {
  status: number;
  body?: unknown;
  /** Sent as it is, instead of `body` as JSON. */
  raw?: { type: string; content: string | Uint8Array };
  headers?: Record<string, string>;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;
export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  handle: Handler;
}

export const route = (method: Route["method"], path: string, handle: Handler): Route => ({
  method,
  path,
  handle,
});

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const none: Reply = { status: 204 };

export const ISSUES: Need = { role: "triage", permissions: ["issues", "pull_requests"] };
/** For what changes an issue itself, not only its labels. */
export const ISSUES_WRITE: Need = { role: "push", permissions: ["issues"] };
export const PULLS: Need = { role: "triage", permissions: ["pull_requests"] };
export const CONTENTS: Need = { role: "push", permissions: ["contents"] };
export const STATUSES: Need = { role: "push", permissions: ["statuses"] };
export const CHECKS: Need = { role: "push", permissions: ["checks"] };
export const ACTIONS: Need = { role: "push", permissions: ["actions"] };
export const ADMIN: Need = { role: "admin", permissions: ["administration"] };
export const ADMIN_READ: Need = { ...ADMIN, read: true };
export const HOOKS: Need = { role: "admin", permissions: ["repository_hooks"] };

interface CallInput {
  world: World;
  actor: Actor;
  method: string;
  /** Without host, `/api/v3` kept. */
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  accept: string;
  body: Record<string, unknown>;
}

export class Call {
  readonly world: World;
  readonly actor: Actor;
  readonly method: string;
  readonly path: string;
  readonly params: Record<string, string>;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly body: Record<string, unknown>;

  constructor(input: CallInput) {
    this.world = input.world;
    this.actor = input.actor;
    this.method = input.method;
    this.path = input.path;
    this.params = input.params;
    this.query = input.query;
    this.accept = input.accept;
    this.body = input.body;
  }

  param(name: string): string {
    return this.params[name] ?? "";
  }

  /** The account that acts; anonymous requests are refused. */
  get account(): Account {
    if (!this.actor.account) throw new ApiError(401, "Requires authentication");
    return this.actor.account;
  }

  /** The repository of the path, or 404 as for one that the actor may not see. */
  get repo(): Repo {
    const repo = visibleRepo(this.world, this.actor, this.param("owner"), this.param("repo"));
    if (!repo) throw notFound();
    return repo;
  }

  get issue(): Issue {
    const issue = findIssue(this.world, this.repo, Number(this.param("number")));
    if (!issue) throw notFound();
    return issue;
  }

  get pull(): PullRequest {
    const issue = this.issue;
    if (!isPull(issue)) throw notFound();
    return issue;
  }

  get org(): Account {
    const org = account(this.world, this.param("org"));
    if (org?.type !== "Organization") throw notFound();
    return org;
  }

  /** Refuses as GitHub does: an App by what it was granted, a person by the role. */
  need(need: Need, repo: Repo = this.repo): void {
    const { actor } = this;
    if (can(this.world, actor, repo, need)) return;
    if (actor.installation) throw new ApiError(403, "Resource not accessible by integration");
    if (!actor.account) throw new ApiError(401, "Requires authentication");
    if (need.role === "admin") throw notFound();
    throw new ApiError(403, "Must have admin rights to Repository.");
  }

  /** Opening issues and commenting is for everyone who is logged in and can see the repository. */
  needAccount(permissions: string[]): Account {
    const { account, actor } = this;
    const granted = actor.permissions ?? {};
    if (actor.installation && !permissions.some((name) => granted[name] === "write")) {
      throw new ApiError(403, "Resource not accessible by integration");
    }
    return account;
  }

  has(field: string): boolean {
    return this.body[field] !== undefined;
  }

  /** A field that must be a text when it is there. */
  text(field: string): string | undefined {
    const value = this.body[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string") return value;
    throw unprocessable(
      `Invalid request.\n\nFor 'properties/${field}', ${JSON.stringify(value)} is not a string.`,
    );
  }

  requiredText(field: string, resource: string): string {
    const value = this.text(field);
    if (value === undefined) throw unprocessable(`Invalid request.\n\n"${field}" wasn't supplied.`);
    if (value.trim() === "") throw invalid(resource, field, "missing_field");
    return value;
  }

  /** A list of texts; a single text counts as a list of one. */
  texts(field: string): string[] {
    const value = this.body[field];
    if (value === undefined || value === null) return [];
    if (typeof value === "string") return [value];
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw unprocessable(`Invalid request.\n\nFor 'properties/${field}', expected an array of strings.`);
  }

  flag(field: string): boolean | undefined {
    const value = this.body[field];
    return typeof value === "boolean" ? value : undefined;
  }
}

const PER_PAGE = 30;
const MOST_PER_PAGE = 100;

/** One page of `items` with GitHub's Link header; only that page is presented. */
export async function paged<T>(
  call: Call,
  items: readonly T[],
  present: (item: T) => unknown,
  wrap: (page: unknown[], total: number) => unknown = (page) => page,
): Promise<Reply> {
  const wanted = Number(call.query.get("per_page") ?? PER_PAGE);
  const perPage = Math.min(MOST_PER_PAGE, Number.isInteger(wanted) && wanted > 0 ? wanted : PER_PAGE);
  const page = Math.max(1, Number(call.query.get("page") ?? 1) || 1);
  const listed = call.world.faults.listed(items);
  const last = Math.max(1, Math.ceil(listed.length / perPage));
  const shown: unknown[] = [];
  for (const item of listed.slice((page - 1) * perPage, page * perPage)) shown.push(await present(item));
  const link = linkHeader(call, page, last);
  return {
    status: 200,
    body: wrap(shown, listed.length),
    ...(link ? { headers: { link } } : {}),
  };
}

function linkHeader(call: Call, page: number, last: number): string {
  const to = (number: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(number));
    return `<${call.world.url}${call.path}?${query}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (page > 1) links.push(to(Math.min(page - 1, last), "prev"));
  if (page < last) links.push(to(page + 1, "next"), to(last, "last"));
  if (page > 1) links.push(to(1, "first"));
  return links.join(", ");
}
