// Pull requests on a GitHub of our own whose webhooks are kept, to be given to hook's real code in whatever order.
import { Registry } from "prom-client";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { PluginsConfig } from "../../src/config/plugins-config.ts";
import { applier } from "../../src/effects/apply.ts";
import { connectGitHub } from "../../src/github/client.ts";
import { frugal } from "../../src/github/frugal.ts";
import { memoised } from "../../src/github/memoise.ts";
import { dispatcher } from "../../src/hook/dispatch.ts";
import { hookMetrics } from "../../src/hook/metrics.ts";
import type { KubeRead } from "../../src/kube/port.ts";
import { type Clock, systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { encodeDelivery, parseBody } from "../../src/model/delivery.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { pluginSections, plugins } from "../../src/plugins/index.ts";
import { httpServer } from "../lib/http-server.ts";
import { type TestGitHub, testGitHub } from "../local/github/world.ts";
import { JobStore } from "../tide/world.ts";

export interface Webhook {
  event: string;
  guid: string;
  body: string;
}

/** What people see of a pull request in the end. */
export interface EndState {
  labels: string[];
  /** What the bot has said, each once. */
  said: string[];
  /** `job@head` of all ProwJobs that nobody has aborted. */
  running: string[];
  /** The same of all that ever began. */
  begun: string[];
}

export interface OrderWorld {
  github: TestGitHub;
  clock: { pass(ms: number): void };
  /** What has come since it was last asked for, of people; of the bot it is handled before. */
  webhooks(): Promise<Webhook[]>;
  handle(webhook: Webhook): Promise<void>;
  endOf(number: number): Promise<EndState>;
  /** Nothing of it has been handled yet; `labels` are those that people have set. */
  undo(number: number, labels: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const lib = { owner: "acme", repo: "lib" };
const BOT = "bot";
const text = (path: string, lines: string) => ({ path, text: lines });

function configured(): { config: Config; plugins: PluginsConfig } {
  const job = "- name: unit\n    always_run: true\n    spec: {containers: [{image: a}]}";
  const enabled = "plugins: {acme: {plugins: [trigger, lgtm, hold, size, label]}}\n";
  const { config, plugins, problems } = loadConfig(
    {
      config: text("config.yaml", "plank: {}\n"),
      jobs: [text("jobs.yaml", `presubmits:\n  acme/lib:\n  ${job}\n`)],
      plugins: text("plugins.yaml", enabled),
      ...{ supplements: [], pluginSupplements: [] },
    },
    pluginSections,
    { now: new Date(0) },
  );
  if (!config || !plugins) throw new Error(JSON.stringify(problems));
  return { config, plugins };
}

/** Time passes by what the test says alone. */
function simulatedClock(): Clock & { pass(ms: number): void } {
  let now = Date.parse("2026-01-02T03:04:05Z");
  const pass = (ms: number) => {
    now += ms;
  };
  return { now: () => new Date(now), pass, sleep: async (ms) => pass(ms) };
}

/** A GitHub to send webhooks to, and everything that came. */
async function listener() {
  const arrived: Webhook[] = [];
  const server = await httpServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const [event, guid] = ["x-github-event", "x-github-delivery"].map((name) =>
      String(request.headers[name]),
    );
    arrived.push({ event: event!, guid: guid!, body });
    response.end();
  });
  const url = server.url;
  return { arrived, url, close: () => server.close() };
}

/** A pull request has it in its labels; others are the same for all of them. */
const ofPull = (number: number) => (job: ProwJob) => job.spec.refs?.pulls?.[0]?.number === number;
const shown = ({ spec }: ProwJob) => `${spec.job}@${spec.refs?.pulls?.[0]?.sha}`;

/** hook as it has just been started, with no ProwJob in the cluster. */
function startedHook(github: TestGitHub, clock: Clock) {
  const { config, plugins: enabled } = configured();
  const jobs = new JobStore();
  const connected = connectGitHub({
    ...{ endpoints: [github.url], graphqlEndpoint: `${github.url}/graphql`, clock: systemClock, log: silent },
    auth: { token: async () => "bot-token" },
  });
  const known = frugal(connected, { clock, log: silent, hearsAll: true });
  const onGitHub = applier({ github: known, clock, log: silent });
  const kube = { list: async () => ({ items: jobs.list(), resourceVersion: "" }) } as unknown as KubeRead;
  const dispatch = dispatcher({
    ...{ all: plugins, config: () => config, plugins: () => enabled, kube, clock, log: silent },
    reader: () => memoised(known.read),
    async apply(effects) {
      for (const effect of effects)
        if (effect.do === "createProwJob" || effect.do === "patchProwJob") jobs.apply(effect);
        else await onGitHub([effect]);
    },
    ...{ random: () => 0, web: fetch, localFile: async () => "", metrics: hookMetrics(new Registry()) },
  });
  const handle = async ({ event, guid, body }: Webhook) => {
    await known.hear(event, parseBody(body));
    await dispatch({ payload: encodeDelivery({ event, guid, body, headers: {}, receivedAt: "" }) }, 1);
  };
  return { jobs, handle };
}

const senderOf = ({ body }: Webhook): string =>
  (JSON.parse(body) as { sender: { login: string } }).sender.login;

export async function orderWorld(): Promise<OrderWorld> {
  const clock = simulatedClock();
  const github = await testGitHub({ clock, rateLimit: 100_000_000 });
  const { arrived, url, close } = await listener();
  await github.admin("seed", { hooks: [{ scope: "acme", url, secret: "s" }] });
  let hook = startedHook(github, clock);
  const alice = github.as("alice").issues;
  const own = async (issue_number: number) =>
    (await alice.listComments({ ...lib, issue_number, per_page: 100 })).data.filter(
      ({ user }) => user?.login === BOT,
    );
  return {
    ...{ github, clock },
    handle: (webhook) => hook.handle(webhook),
    async webhooks() {
      const ofPeople: Webhook[] = [];
      for (;;) {
        await github.settled();
        const batch = arrived.splice(0);
        if (batch.length === 0) return ofPeople;
        for (const webhook of batch)
          if (senderOf(webhook) === BOT) await hook.handle(webhook);
          else ofPeople.push(webhook);
      }
    },
    async endOf(number) {
      const { data } = await alice.get({ ...lib, issue_number: number });
      const jobs = hook.jobs.list().filter(ofPull(number));
      return {
        labels: data.labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))).sort(),
        said: (await own(number)).map(({ body }) => body ?? "").sort(),
        running: jobs
          .filter(({ status }) => status.state !== "aborted")
          .map(shown)
          .sort(),
        begun: jobs.map(shown).sort(),
      };
    },
    async undo(issue_number, labels) {
      await alice.setLabels({ ...lib, issue_number, labels: [...labels] });
      await alice.removeAssignees({ ...lib, issue_number, assignees: ["carol"] });
      for (const { id } of await own(issue_number)) await alice.deleteComment({ ...lib, comment_id: id });
      await github.settled();
      arrived.length = 0;
      hook = startedHook(github, clock);
    },
    async close() {
      close();
      await github.close();
    },
  };
}
