// Deck: every page and endpoint, as one function from a request to a response.
import { type Context, Hono } from "hono";
import { html } from "hono/html";
import { configBanner, configPage } from "./config-page.ts";
import type { DeckDeps } from "./deps.ts";
import { commandsPage, pluginsPage } from "./help-page.ts";
import { parseFilter } from "./job-filter.ts";
import { jobListPage } from "./job-list.ts";
import { jobPage } from "./job-page.ts";
import { jobView } from "./job-view.ts";
import { badge, jobLog, jobYAML, prowJobsJS, wrapped } from "./json-endpoints.ts";
import { type Html, page } from "./layout.ts";
import { jobEvents, liveLog } from "./live.ts";
import { authorOfQuery, jobsOfPull, knownPulls, pullPage, pullsPage, tidePullOf } from "./pull-page.ts";
import { secureHeaders } from "./secure-headers.ts";
import { staticFile } from "./static-file.ts";
import { storedThings } from "./stored-things.ts";
import { tidePage } from "./tide-page.ts";
import { visibleJobs } from "./visible-jobs.ts";

export type Fetch = (request: Request) => Response | Promise<Response>;

export function deckApp(deps: DeckDeps): Fetch {
  const app = new Hono();
  app.use(secureHeaders);
  app.onError((error, c) => {
    deps.log.error({ err: error, path: c.req.path }, "A page could not be made.");
    return c.text("Something went wrong; deck's log says what.", 500);
  });
  const show = (c: Context, title: string, body: Html, status: 200 | 404 = 200) =>
    c.html(page({ title, section: c.req.path, body, banner: configBanner(deps.configStatus()) }), status);
  app.notFound((c) =>
    show(
      c,
      "Not found",
      html`<h1>Not found</h1><p class="empty">There is nothing at ${c.req.path}.</p>`,
      404,
    ),
  );
  jobPages(app, deps, show);
  otherPages(app, deps, show);
  storedThings(app, deps, show);
  data(app, deps);
  app.get("/static/:name", (c) => staticFile(c.req.param("name")) ?? c.notFound());
  return (request) => app.fetch(request);
}

export type Show = (
  c: Context,
  title: string,
  body: Html,
  status?: 200 | 404,
) => Response | Promise<Response>;

function jobPages(app: Hono, deps: DeckDeps, show: Show): void {
  app.get("/", (c) => {
    const filter = parseFilter(new URL(c.req.url).searchParams);
    return show(c, "Jobs", jobListPage(visibleJobs(deps), filter, deps.clock.now()));
  });
  app.get("/prowjob-view/:name", async (c) => {
    const job = visibleJobs(deps).find(({ metadata }) => metadata.name === c.req.param("name"));
    if (!job) return c.notFound();
    return show(c, job.spec.job, jobPage(await jobView(deps, job), deps.clock.now()));
  });
}

function otherPages(app: Hono, deps: DeckDeps, show: Show): void {
  app.get("/tide", async (c) => {
    const [snapshot, history] = await Promise.all([deps.tide(), deps.tideHistory()]);
    return show(c, "Tide", tidePage(snapshot, history ?? {}, deps.clock.now()));
  });
  app.get("/pr", async (c) => {
    const author = authorOfQuery(new URL(c.req.url).searchParams);
    return show(
      c,
      "Pull requests",
      pullsPage(knownPulls(visibleJobs(deps), await deps.tide(), author), author),
    );
  });
  app.get("/pr-history", async (c) => {
    const { org = "", repo = "", pr = "" } = c.req.query();
    const ref = { org, repo, number: Number(pr) };
    const jobs = jobsOfPull(visibleJobs(deps), ref);
    const tide = tidePullOf(await deps.tide(), ref);
    return show(c, `${org}/${repo}#${pr}`, pullPage(ref, jobs, tide, deps.clock.now()));
  });
  app.get("/command-help", async (c) =>
    show(c, "Commands", commandsPage(await deps.pluginHelp(), c.req.query("repo") ?? "")),
  );
  app.get("/plugins", async (c) =>
    show(c, "Plugins", pluginsPage(await deps.pluginHelp(), c.req.query("repo") ?? "")),
  );
  app.get("/config-status", (c) =>
    show(c, "Configuration", configPage(deps.configStatus(), deps.clock.now())),
  );
  app.get("/plugin-help", (c) => c.redirect("/command-help", 301));
}

/** What Prow's tools read, by Prow's addresses. */
function data(app: Hono, deps: DeckDeps): void {
  app.get("/prowjobs.js", (c) => wrapped(c, prowJobsJS(visibleJobs(deps), c.req.query())));
  app.get("/tide.js", async (c) => wrapped(c, (await deps.tide()) ?? {}));
  app.get("/tide-history.js", async (c) => wrapped(c, { History: (await deps.tideHistory()) ?? {} }));
  app.get("/plugin-help.js", async (c) => wrapped(c, (await deps.pluginHelp()) ?? {}));
  app.get("/prowjob", (c) => jobYAML(visibleJobs(deps), c.req.query("prowjob") ?? ""));
  app.get("/log", (c) => jobLog(deps, c.req.query(), c.req.raw.signal));
  app.get("/badge.svg", (c) => badge(visibleJobs(deps), c.req.query("jobs") ?? ""));
  app.get("/job-events", (c) =>
    jobEvents(deps, parseFilter(new URL(c.req.url).searchParams), c.req.raw.signal),
  );
  app.get("/live-log", (c) => liveLog(deps, c.req.query("prowjob") ?? "", c.req.raw.signal));
}
