// The web pages: for the person in front of the demo, who may be any of its users.
import { readFileSync } from "node:fs";
import { type Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import { canSee } from "../access.ts";
import { ApiError, notFound } from "../api-error.ts";
import { diffText, EMPTY_TREE, patchText } from "../git/diff.ts";
import { forkPoint } from "../git/pull-data.ts";
import type { TreeEntry } from "../git/repository.ts";
import type { Issue, Repo } from "../records.ts";
import {
  account,
  findIssue,
  findRepo,
  fullName,
  gitOf,
  isPull,
  type PullRequest,
  pullsOf,
  type World,
} from "../world.ts";
import { changeState, comment, type Form, merge, pathOf, press, proposeEdit, pushFix } from "./actions.ts";
import { addAppPages } from "./app-pages.ts";
import { type Html, layout, people, type Visit } from "./layout.ts";
import { pullPage } from "./pull-page.ts";
import { commitPage, filePage, home, issueList, issuePage, overview } from "./repository-pages.ts";

const asset = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), "utf8");

const policy = (formsTo = ""): string =>
  `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self' ${formsTo}; base-uri 'none'; frame-ancestors 'none'`;

const headers = { "x-content-type-options": "nosniff", "referrer-policy": "same-origin" };

async function show(c: Context, page: Html, formsTo?: string): Promise<Response> {
  return c.html(await page, 200, {
    ...headers,
    "content-security-policy": policy(formsTo),
    "cache-control": "no-store",
  });
}

/** A form of another site must not act for the person here. */
function checkOrigin(c: Context): void {
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  const host = c.req.header("host");
  const same = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
  if (site ? site !== "same-origin" : !same) throw new ApiError(403, "This form was sent from another site.");
}

async function formOf(c: Context): Promise<Form> {
  checkOrigin(c);
  const body = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

export function pages(world: World): (request: Request) => Response | Promise<Response> {
  const app = new Hono();
  const visitOf = (c: Context): Visit => {
    const chosen = account(world, getCookie(c, "who") ?? "");
    const url = new URL(c.req.url);
    return { world, me: chosen ?? people(world)[0], here: url.pathname + url.search };
  };
  const assets = { "style.css": "text/css", "live.js": "text/javascript" };
  for (const [name, type] of Object.entries(assets)) {
    const text = asset(name);
    app.get(`/-/${name}`, (c) =>
      c.body(text, 200, {
        ...headers,
        "content-type": `${type}; charset=utf-8`,
        "cache-control": "max-age=60",
      }),
    );
  }
  app.post("/-/who", async (c) => {
    const form = await formOf(c);
    setCookie(c, "who", form["who"] ?? "", { httpOnly: true, sameSite: "Lax", path: "/" });
    return c.redirect(/^\/(?![/\\])/.test(form["back"] ?? "") ? (form["back"] as string) : "/", 303);
  });
  app.get("/", (c) => show(c, home(visitOf(c))));
  addAppPages(app, world, { visitOf, show, formOf });
  addRepositoryPages(app, world, visitOf);
  addForms(app, visitOf);
  const failed = async (c: Context, error: ApiError): Promise<Response> => {
    const page = layout(
      visitOf(c),
      error.message,
      html`<h1>${error.message}</h1><p><a href="/">All repositories</a></p>`,
    );
    return c.html(await page, error.status as 404, { ...headers, "content-security-policy": policy() });
  };
  app.notFound((c) => failed(c, notFound()));
  app.onError((error, c) => {
    if (error instanceof ApiError) return failed(c, error);
    world.log.error({ error: error.stack }, "page failed");
    return failed(c, new ApiError(500, "Something went wrong here."));
  });
  return (request) => app.fetch(request);
}

type VisitOf = (c: Context) => Visit;

function repoFor(c: Context, visit: Visit): Repo {
  const repo = findRepo(visit.world, c.req.param("owner") ?? "", c.req.param("repo") ?? "");
  const actor = { ...(visit.me ? { account: visit.me } : {}), key: "" };
  if (!repo || !canSee(visit.world, actor, repo)) throw notFound();
  return repo;
}

function issueFor(c: Context, visit: Visit): Issue {
  const found = findIssue(visit.world, repoFor(c, visit), Number.parseInt(c.req.param("number") ?? "", 10));
  if (!found) throw notFound();
  return found;
}

function pullFor(c: Context, visit: Visit): PullRequest {
  const found = issueFor(c, visit);
  if (!isPull(found)) throw notFound();
  return found;
}

/** `blob/feature/x/src/a.ts`: the branch is as many parts as name one. */
async function locate(
  world: World,
  repo: Repo,
  rest: string,
): Promise<{ ref: string; entry: TreeEntry } | undefined> {
  const git = gitOf(world, repo);
  const parts = rest.split("/");
  for (let length = 1; length <= parts.length; length++) {
    const ref = parts.slice(0, length).join("/");
    const commit = await git.resolve(ref);
    const entry = commit && (await git.entry(commit, parts.slice(length).join("/")));
    if (entry) return { ref, entry };
  }
  return undefined;
}

function addRepositoryPages(app: Hono, world: World, visitOf: VisitOf): void {
  app.get("/:owner", (c) => {
    if (!account(world, c.req.param("owner"))) throw notFound();
    return show(c, home(visitOf(c), account(world, c.req.param("owner"))?.login));
  });
  app.get("/:owner/:repo", async (c) => show(c, await overview(visitOf(c), repoFor(c, visitOf(c)))));
  for (const kind of ["pulls", "issues"] as const)
    app.get(`/:owner/:repo/${kind}`, (c) =>
      show(c, issueList(visitOf(c), repoFor(c, visitOf(c)), kind, c.req.query("state") ?? "open")),
    );
  app.get("/:owner/:repo/pull/:number{[0-9]+}", async (c) => {
    const visit = visitOf(c);
    return show(c, await pullPage(visit, repoFor(c, visit), pullFor(c, visit), c.req.query("fix")));
  });
  app.get("/:owner/:repo/pull/:number{[0-9]+\\.(diff|patch)}", async (c) => {
    const visit = visitOf(c);
    const pr = pullFor(c, visit);
    const make = c.req.path.endsWith(".patch") ? patchText : diffText;
    return c.text(
      await make(
        gitOf(world, repoFor(c, visit)),
        (await forkPoint(world, pr)) ?? EMPTY_TREE,
        pr.pull.head_sha,
      ),
      200,
      headers,
    );
  });
  app.get("/:owner/:repo/issues/:number{[0-9]+}", async (c) => {
    const visit = visitOf(c);
    const issue = issueFor(c, visit);
    if (isPull(issue)) return c.redirect(pathOf(repoFor(c, visit), issue), 302);
    return show(c, await issuePage(visit, repoFor(c, visit), issue));
  });
  app.get("/:owner/:repo/commit/:sha", async (c) => {
    const visit = visitOf(c);
    const git = gitOf(world, repoFor(c, visit));
    const sha = await git.resolve(c.req.param("sha"));
    if (!sha) throw notFound();
    return show(c, await commitPage(visit, repoFor(c, visit), await git.commit(sha)));
  });
  app.get("/:owner/:repo/:kind{blob|tree|raw}/:rest{.+}", async (c) => {
    const visit = visitOf(c);
    const repo = repoFor(c, visit);
    const found = await locate(world, repo, decodeURIComponent(c.req.param("rest")));
    if (!found) throw notFound();
    if (c.req.param("kind") !== "raw") return show(c, await filePage(visit, repo, found.ref, found.entry));
    const content = await gitOf(world, repo).blob(found.entry.sha);
    return c.body(new Uint8Array(content), 200, {
      ...headers,
      "content-type": "text/plain; charset=utf-8",
      "content-security-policy": "default-src 'none'; sandbox",
    });
  });
}

function addForms(app: Hono, visitOf: VisitOf): void {
  for (const kind of ["pull", "issues"] as const) {
    const path = `/:owner/:repo/${kind}/:number{[0-9]+}` as const;
    app.post(`${path}/comment`, async (c) => {
      const form = await formOf(c);
      const issue = issueFor(c, visitOf(c));
      comment(visitOf(c), issue, form);
      return c.redirect(pathOf(repoFor(c, visitOf(c)), issue), 303);
    });
    app.post(`${path}/state`, async (c) => {
      const form = await formOf(c);
      const issue = issueFor(c, visitOf(c));
      await changeState(visitOf(c), repoFor(c, visitOf(c)), issue, form);
      return c.redirect(pathOf(repoFor(c, visitOf(c)), issue), 303);
    });
  }
  app.post("/:owner/:repo/pull/:number{[0-9]+}/merge", async (c) => {
    const form = await formOf(c);
    const pr = pullFor(c, visitOf(c));
    await merge(visitOf(c), repoFor(c, visitOf(c)), pr, form);
    return c.redirect(pathOf(repoFor(c, visitOf(c)), pr), 303);
  });
  app.post("/:owner/:repo/pull/:number{[0-9]+}/fix", async (c) => {
    const form = await formOf(c);
    const pr = pullFor(c, visitOf(c));
    await pushFix(visitOf(c), pr, form);
    return c.redirect(pathOf(repoFor(c, visitOf(c)), pr), 303);
  });
  app.post("/:owner/:repo/runs/:id{[0-9]+}", async (c) => {
    const form = await formOf(c);
    const repo = repoFor(c, visitOf(c));
    const { world } = visitOf(c);
    const run = world.store.checkRuns.get(c.req.param("id"));
    if (run?.repo !== repo.id) throw notFound();
    press(visitOf(c), repo, run, form);
    const pull = pullsOf(world, repo).find((found) => found.pull.head_sha === run.sha);
    return c.redirect(pull ? pathOf(repo, pull) : `/${fullName(repo)}/commit/${run.sha}`, 303);
  });
  app.post("/:owner/:repo/edit", async (c) => {
    const form = await formOf(c);
    const repo = repoFor(c, visitOf(c));
    return c.redirect(pathOf(repo, await proposeEdit(visitOf(c), repo, form)), 303);
  });
}
