// All components in one process, on shared clients and shared watches.
import type { IncomingMessage } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { ApplyPorts } from "../../effects/apply.ts";
import { type FrugalGitHub, frugal } from "../../github/frugal.ts";
import { configMapSizes } from "../../hook/metrics.ts";
import { pluginHelp } from "../../hook/plugin-help.ts";
import { type HookDeps, hookHandler, runHook } from "../../hook/run.ts";
import { within } from "../../lib/cause.ts";
import { isOwnHost } from "../../local/own-host.ts";
import { closeQueues, type Queues } from "../../queue/open.ts";
import { TideState } from "../../tide/state.ts";
import { type GitOfRepositories, gitFor, repoJobsFor } from "../config/in-repo.ts";
import { type CrierOptions, startCrier } from "../crier.ts";
import { deckPages } from "../deck.ts";
import { startHorologium } from "../horologium.ts";
import { startPlank } from "../plank.ts";
import { healthApp, metricsApp } from "../process/instruments.ts";
import { type Fetch, type Listening, listen, listenFetch } from "../process/listen.ts";
import { startSinker } from "../sinker.ts";
import type { Running, Surroundings } from "../surroundings.ts";
import { startTide } from "../tide.ts";
import { withBotComments } from "../wiring/bot-comments.ts";
import { deadLettersHere } from "../wiring/dead-letter-queues.ts";
import { hookDeps } from "../wiring/hook-deps.ts";
import { applyWith, type Ports, watchJobs, watchPods } from "../wiring/ports.ts";
import { upQueueURL } from "../wiring/queue-url.ts";
import { queuesAt } from "../wiring/queues.ts";
import { resyncOf, sweepOf, UP_SWEEP } from "../wiring/sweep.ts";
import { externalInside, scansInside } from "./external.ts";

export interface Together {
  /** Holds the queue and copies of repositories. */
  directory: string;
  /** plugins.yaml, and the address of GitHub's API: for Probot apps. */
  pluginConfig: string;
  endpoint: string;
  /** Where GitHub's repositories are, for git and people. */
  web: string;
  dryRun: boolean;
  mergePauseMs?: number;
  /** Repositories at a commit whose own jobs are kept. */
  inRepoConfigCacheSize: number;
  secrets: HookDeps["secrets"];
  /** A GitHub App reaches one org a token. */
  splitByOrg: boolean;
  address: string;
  /** Pages and webhooks. */
  port: number;
  /** Shortest time between two looks of tide, however much changes. */
  tidePauseMs: number;
  /** Refuses what a page of another site makes a browser ask. */
  onlyThisMachine: boolean;
  /** Who has what is in it may have dead letters worked on again; "" for nobody. */
  replayTokenFile: string;
  /** Health and metrics; 0 is none. */
  operatorPort: number;
  /** Beside those to GitHub and storage; default: none. */
  reporters?: Omit<CrierOptions, "githubWorkers" | "storageWorkers">;
}

type World = Pick<Ports, "github" | "clusters" | "storage"> & Pick<ApplyPorts, "messages">;

const REPORTS_AT_ONCE = 10;

/** Listens before it resolves. */
export async function startTogether(
  { messages, ...world }: World,
  options: Together,
  around: Surroundings,
): Promise<Running & { url: string }> {
  const { clock, env } = around.host;
  const { directory, web, dryRun, mergePauseMs } = options;
  const queues = await queuesAt(upQueueURL(directory), around);
  const github = withBotComments(world.github, around, { alone: true });
  const ofHook = frugal(github, { clock, hearsAll: true, log: around.log });
  const close = () => closeQueues(queues);
  const git = gitFor({ github }, { web, directory, env });
  const ports: Ports = {
    ...{ ...world, github },
    jobs: watchJobs(world.clusters, around),
    pods: watchPods(world.clusters, around),
    // Everybody's writes pass through what hook remembers; the others read for themselves.
    apply: applyWith(dryRun, { ...world, github: ofHook, git, messages }, around, {
      mergePauseMs,
      onConfigMap: configMapSizes(around.metrics),
    }),
  };
  try {
    const running = await startAll(ports, { ...options, git, queues, ofHook }, around);
    return { ...running, done: running.done.finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startAll(
  ports: Ports,
  options: Together & { git: GitOfRepositories; queues: Queues; ofHook: FrugalGitHub },
  around: Surroundings,
): Promise<Running & { url: string }> {
  const named = (component: string): Surroundings => ({ ...around, log: around.log.child({ component }) });
  const state = new TideState(around.host.clock);
  const { git, splitByOrg, queues, secrets, tidePauseMs, ofHook } = options;
  const jobs = repoJobsFor(ports, git, options.inRepoConfigCacheSize, named("in-repo"));
  const hook = hookDeps(
    { ...ports, github: ofHook, git, queues },
    {
      ...{ role: "worker", guests: options, secrets, jobs },
      inside: externalInside(ports, (request) => pages(request), around),
      ...sweepOf(ports.github, { ...UP_SWEEP, "dry-run": options.dryRun }, around),
      ...resyncOf(ports.github, { ...UP_SWEEP, "dry-run": options.dryRun }, () => true, around),
    },
    named("hook"),
  );
  const pages = deckPages(
    ports,
    {
      tide: async () => state.snapshot(),
      tideHistory: async () => state.history.all(),
      pluginHelp: pluginHelp(hook),
      showHidden: false,
      deadLetters: deadLettersHere(queues, options.replayTokenFile),
    },
    named("deck"),
  );
  const server = await listenAll(options, hook, pages);
  const running: Running[] = [
    { ready: () => true, done: runHook(hook, around.signal) },
    startPlank(ports, named("plank")),
    // What each asks of GitHub is told apart.
    within({ caller: { name: "crier" } }, () =>
      startCrier(
        ports,
        { githubWorkers: REPORTS_AT_ONCE, storageWorkers: REPORTS_AT_ONCE, ...options.reporters },
        named("crier"),
      ),
    ),
    within({ caller: { name: "tide" } }, () =>
      startTide(
        ports,
        {
          ...{ state, git, jobs, splitByOrg, shortestPauseMs: tidePauseMs },
          wake: (look) => ports.jobs.onChange(look),
        },
        named("tide"),
      ),
    ),
    startHorologium(ports, named("horologium")),
    startSinker(ports, named("sinker")),
    { ready: () => true, done: scansInside(ports, splitByOrg, named("needs-rebase")) },
  ];
  const ready = () => running.every((component) => component.ready());
  const instruments = await listenInstruments(options, around, ready);
  const servers = [server, ...instruments];
  const done = Promise.all(running.map((component) => component.done)).finally(() =>
    Promise.all(servers.map((listening) => listening.close())),
  );
  return { url: server.url, ready, done };
}

/** Pages and webhooks share one address, so that one public URL is enough. */
function listenAll(
  { address, port, onlyThisMachine }: Together,
  hook: HookDeps,
  deck: Fetch,
): Promise<Listening> {
  const webhooks = hookHandler(hook);
  const pages = getRequestListener(deck);
  const isWebhook = (url = "") => url.split("?", 1)[0] === hook.webhookPath;
  return listen(
    (request, response) => {
      if (onlyThisMachine && isForeign(request, address))
        response.writeHead(403).end("Only for this machine.\n");
      else (isWebhook(request.url) ? webhooks : pages)(request, response);
    },
    address,
    port,
    "port",
  );
}

/** Asked by another site, or by a name of somebody else's that leads here. Following a link is nobody's harm. */
function isForeign({ headers }: IncomingMessage, address: string): boolean {
  const embedded = headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-mode"] !== "navigate";
  return embedded || !isOwnHost(headers.host, address, "http://localhost");
}

async function listenInstruments(
  { address, operatorPort }: Together,
  { health: progress, metrics }: Surroundings,
  ready: () => boolean,
): Promise<Listening[]> {
  if (operatorPort === 0) return [];
  const health = healthApp(ready, progress);
  const figures = metricsApp(metrics);
  const both = (request: Request) =>
    (new URL(request.url).pathname === "/metrics" ? figures : health)(request);
  return [await listenFetch(both, address, operatorPort, "port")];
}
