// Deck: every page and endpoint, as one function from a request to a response.
import { type Context, Hono } from "hono";
import { jobPath } from "./addresses.ts";
import { configBanner, configPage } from "./config-page.ts";
import { deadLetters } from "./dead-letters.ts";
import type { DeckDeps } from "./deps.ts";
import { commandsPage, pluginsPage } from "./help-page.ts";
import { parseFilter } from "./job-filter.ts";
import { jobListPage } from "./job-list.ts";
import { jobPage } from "./job-page.ts";
import { jobView } from "./job-view.ts";
import { badge, jobLog, jobYAML, prowJobsJSON, wrapped, wrappedJSON } from "./json-endpoints.ts";
import { type Html, page, type Show, untold } from "./layout.ts";
import { jobEvents, liveLogs } from "./live.ts";
import { logPlaces } from "./log-places.ts";
import { authorOfQuery, jobsOfPull, knownPulls, pullPage, pullsPage, type TideView } from "./pull-page.ts";
import { secureHeaders } from "./secure-headers.ts";
import { staticFile } from "./static-file.ts";
import { storedThings } from "./stored-things.ts";
import { tidePage } from "./tide-page.ts";
import { askHelp, askTide, ifTold, type Told } from "./told.ts";
import { visibleJobs } from "./visible-jobs.ts";
import { withoutHidden } from "./visible-tide.ts";
import { whyPages } from "./why-page.ts";

export function deckApp(given: DeckDeps): (request: Request) => Response | Promise<Response> {
  const deps = { ...given, ...withoutHidden(given) };
  const app = new Hono();
  app.use(secureHeaders);
  app.onError((error, c) => {
    deps.log.error({ error, path: c.req.path }, "A page could not be made.");
    return c.text("Something went wrong; deck's log says what.", 500);
  });
  const show = (c: Context, title: string, body: Html, status: 200 | 404 = 200) =>
    c.html(page({ title, section: c.req.path, body, banner: configBanner(deps.configStatus()) }), status);
  app.notFound((c) => show(c, "Not found", untold("Not found", `There is nothing at ${c.req.path}.`), 404));
  jobPages(app, deps, show);
  otherPages(app, deps, show);
  otherAddresses(app, deps);
  storedThings(app, deps, show);
  deadLetters(app, deps, show);
  whyPages(app, deps, show);
  data(app, deps);
  app.get("/static/:name", (c) => staticFile(c.req.param("name")) ?? c.notFound());
  return (request) => app.fetch(request);
}

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

async function tideView({ tide, tideHistory }: DeckDeps): Promise<TideView> {
  const [snapshot, history] = await Promise.all([ifTold(tide), ifTold(tideHistory)]);
  return { snapshot, history };
}

function otherPages(app: Hono, deps: DeckDeps, show: Show): void {
  app.get("/tide", async (c) => {
    const [tide, history] = await Promise.all([askTide(deps), ifTold(deps.tideHistory)]);
    if ("none" in tide) return show(c, "Tide", untold("Tide", tide.none));
    return show(c, "Tide", tidePage(tide.answer, history ?? {}, deps.clock.now()));
  });
  app.get("/pr", async (c) => {
    const author = authorOfQuery(new URL(c.req.url).searchParams);
    return show(
      c,
      "Pull requests",
      pullsPage(knownPulls(visibleJobs(deps), await tideView(deps), author), author),
    );
  });
  app.get("/pr-history", async (c) => {
    const { org = "", repo = "", pr = "" } = c.req.query();
    const ref = { org, repo, number: Number(pr) };
    const jobs = jobsOfPull(visibleJobs(deps), ref);
    return show(c, `${org}/${repo}#${pr}`, pullPage(ref, jobs, await tideView(deps), deps.clock.now()));
  });
  const helpPages = {
    "/command-help": ["Commands", commandsPage],
    "/plugins": ["Plugins", pluginsPage],
  } as const;
  for (const [path, [title, body]] of Object.entries(helpPages)) {
    app.get(path, async (c) => {
      const help = await askHelp(deps);
      if ("none" in help) return show(c, title, untold(title, help.none));
      return show(c, title, body(help.answer, c.req.query("repo") ?? ""));
    });
  }
  app.get("/config-status", (c) =>
    show(c, "Configuration", configPage(deps.configStatus(), deps.clock.now())),
  );
}

/** Prow's addresses for what has another one here; people and tools have them bookmarked. */
function otherAddresses(app: Hono, deps: DeckDeps): void {
  app.get("/plugin-help", (c) => c.redirect("/command-help", 301));
  app.get("/tide-history", (c) => c.redirect("/tide"));
  app.get("/pr-history/", (c) => c.redirect(`/pr-history${new URL(c.req.url).search}`));
  app.get("/favicon.ico", (c) => c.redirect("/static/icon.svg"));
  app.get("/data.js", (c) => c.redirect(`/prowjobs.js${new URL(c.req.url).search}`));
  app.get("/view/prowjob/:job/:build", (c) => {
    const { job: name, build } = c.req.param();
    const job = visibleJobs(deps).find(({ spec, status }) => spec.job === name && status.build_id === build);
    return job ? c.redirect(jobPath(job)) : c.notFound();
  });
  // Runs of one job: the last part of the path is its name, whatever storage is before it.
  app.get("/job-history/*", (c) => {
    const job = decoded(c.req.path.replace(/\/$/, "").split("/").at(-1) ?? "");
    return job ? c.redirect(`/?job=${encodeURIComponent(job)}`) : c.notFound();
  });
}

/** Empty for what decodes to nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** What Prow's tools read, by Prow's addresses. */
function data(app: Hono, deps: DeckDeps): void {
  const places = logPlaces();
  const [events, liveLog] = [jobEvents(deps), liveLogs(deps, places)];
  const prowJobs = prowJobsJSON(deps);
  app.get("/prowjobs.js", (c) => wrappedJSON(c, prowJobs(c.req.query())));
  app.get("/tide.js", async (c) => toldJS(c, await askTide(deps)));
  app.get("/tide-history.js", async (c) => wrapped(c, { History: (await ifTold(deps.tideHistory)) ?? {} }));
  app.get("/plugin-help.js", async (c) => toldJS(c, await askHelp(deps)));
  app.get("/prowjob", (c) => jobYAML(visibleJobs(deps), c.req.query("prowjob") ?? ""));
  app.get("/log", (c) => jobLog(deps, places, c.req.query(), c.req.raw.signal));
  app.get("/badge.svg", (c) => badge(visibleJobs(deps), c.req.query("jobs") ?? ""));
  // Hono answers HEAD with a GET of which it drops the body: nobody would ever end it.
  const live = (path: string, start: (c: Context) => Response) =>
    app.get(path, (c) => (c.req.raw.method === "HEAD" ? c.body(null, 405, { allow: "GET" }) : start(c)));
  live("/job-events", (c) => events(parseFilter(new URL(c.req.url).searchParams), c.req.raw.signal));
  live("/live-log", (c) => liveLog(c.req.query("prowjob") ?? "", c.req.raw.signal));
}

/** Empty when deck was not told where to ask, as in Prow; a fault must not look like that. */
function toldJS(c: Context, told: Told<unknown>): Response {
  if ("answer" in told) return wrapped(c, told.answer);
  return told.status === 502 ? c.text(told.none, 502) : wrapped(c, {});
}
