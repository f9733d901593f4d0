// Programs that are not ours get each delivery that they want, later if need be, and nobody waits for them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { type ExternalPlugin, pluginsConfig } from "../../src/config/plugins-config.ts";
import type { GitHubRead } from "../../src/github/port.ts";
import { GuestError, HandlerError } from "../../src/guests/error.ts";
import type { Guests } from "../../src/guests/port.ts";
import { dispatcher } from "../../src/hook/dispatch.ts";
import { type OutsideDeps, outside } from "../../src/hook/hand-over.ts";
import { inventedGUID } from "../../src/hook/invented.ts";
import { hookMetrics } from "../../src/hook/metrics.ts";
import type { KubeRead } from "../../src/kube/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { decodeDelivery, encodeDelivery } from "../../src/model/delivery.ts";
import { isPermanent } from "../../src/queue/error.ts";
import type { Queue } from "../../src/queue/port.ts";
import { sqliteQueue } from "../../src/queue/sqlite/sqlite.ts";
import { type HTTPServer, httpServer } from "../lib/http-server.ts";
import { body } from "./payloads.ts";

let directory: string;
let queue: Queue;
let server: HTTPServer;
let url: string;
let got: string[];
let external: Record<string, ExternalPlugin[]>;
let answer: (path: string) => number | "break";
let guests: Guests | undefined;
let receivedAt: string;

const open = () =>
  sqliteQueue({
    file: join(directory, "outside.db"),
    clock: systemClock,
    backOff: { firstMs: 5, longestMs: 20 },
  });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cutwater-outside-"));
  queue = open();
  got = [];
  external = {};
  guests = undefined;
  answer = () => 200;
  receivedAt = new Date().toISOString();
  server = await httpServer((request, response) => {
    const said = answer(request.url ?? "");
    if (said === "break") return void request.socket.destroy();
    got.push(`${request.url} ${request.headers["x-github-delivery"]}`);
    response.writeHead(said).end();
  });
  url = server.url;
});

afterEach(async () => {
  server.close();
  await queue.close();
  await rm(directory, { recursive: true });
});

const plugins = () => pluginsConfig({ external_plugins: external, sections: {} });
const metrics = hookMetrics(new Registry());
const deps = (): OutsideDeps => ({
  plugins,
  clock: systemClock,
  log: silent,
  metrics,
  ...(guests && { guests }),
  inside: new Map([["here", async ({ payload }) => void got.push(`inside ${decodeDelivery(payload).guid}`)]]),
});

/** hook's worker comes upon a delivery. */
function dispatch(guid: string, event: string, text: string) {
  const all = dispatcher({
    ...deps(),
    all: [],
    config: () => ({}) as Config,
    reader: () => ({}) as GitHubRead,
    kube: {} as KubeRead,
    apply: async () => {},
    random: () => 0,
    web: fetch,
    localFile: async () => "",
    outside: queue,
    repoEnabled: ({ org }) => org !== "elsewhere",
  });
  const headers = { "x-github-delivery": guid };
  return all({ payload: encodeDelivery({ guid, event, headers, body: text, receivedAt }) }, 1);
}

/** Works what waits off, and all that failed in a way that may pass. */
async function workOff(): Promise<void> {
  const stop = new AbortController();
  const done = queue.work(outside(deps()), { signal: stop.signal, concurrency: 8, maxAttempts: 30 });
  while ((await queue.depth()) > 0) await systemClock.sleep(5);
  stop.abort();
  await done;
}

const commented = body({ action: "created" });
const of = (name: string) => {
  const repository = { full_name: `acme/${name}`, name, owner: { login: "acme" } };
  return JSON.stringify({ action: "created", repository });
};
/** Of a delivery as GitHub numbers it, and of one that hook has made up. */
const [theirs, ours] = ["72d3162e-cc78-11e3-81ab-4c9367dc0958", inventedGUID("comment acme/tool#7 99")];

describe("an external plugin", () => {
  it("gets the events it wants of its org and repository, also those that we do not know or cannot read", async () => {
    external = {
      acme: [
        { name: "all", endpoint: `${url}/all` },
        { name: "pushes", endpoint: `${url}/pushes`, events: ["push"] },
      ],
      "acme/tool": [{ name: "few", endpoint: `${url}/few`, events: ["check_run", "issue_comment"] }],
      "acme/other": [{ name: "other", endpoint: `${url}/other` }],
    };
    await dispatch("1", "check_run", commented);
    await expect(dispatch("2", "issue_comment", commented)).rejects.toThrow("malformed payload");
    await dispatch("3", "deployment_status", commented);
    await workOff();
    expect(got.sort()).toEqual(["/all 1", "/all 2", "/all 3", "/few 1", "/few 2"]);
  });

  it("that runs in this process gets them here, unless plugins.yaml says where it is", async () => {
    external = { acme: [{ name: "here", events: ["check_run"] }] };
    await dispatch("1", "check_run", commented);
    await dispatch("2", "deployment_status", commented);
    await workOff();
    expect(got).toEqual(["inside 1"]);
    external = { acme: [{ name: "here", endpoint: `${url}/there` }] };
    await dispatch("3", "check_run", commented);
    await workOff();
    expect(got).toEqual(["inside 1", "/there 3"]);
  });

  it("gets nothing of an organisation alone, nor of a repository that is not enabled", async () => {
    external = { acme: [{ name: "a", endpoint: url }], elsewhere: [{ name: "a", endpoint: url }] };
    await dispatch("1", "organization", JSON.stringify({ organization: { login: "acme" } }));
    const repository = { full_name: "elsewhere/x", name: "x", owner: { login: "elsewhere" } };
    await dispatch("2", "check_run", JSON.stringify({ repository }));
    expect(await queue.depth()).toBe(0);
  });

  it("gets a delivery once, however often hook comes upon it, and whenever hook dies", async () => {
    external = { acme: [{ name: "a", endpoint: `${url}/a` }] };
    await dispatch("1", "check_run", commented);
    await dispatch("1", "check_run", commented);
    await queue.close();
    queue = open();
    await dispatch("1", "check_run", commented);
    await workOff();
    await dispatch("1", "check_run", commented);
    await workOff();
    expect(got).toEqual(["/a 1"]);
  });

  it("misses nothing that another repository has used the GUID of, and gets it once, however its name is written", async () => {
    external = { acme: [{ name: "a", endpoint: `${url}/a` }] };
    await dispatch(ours, "check_run", of("evil"));
    await dispatch(ours, "check_run", of("tool"));
    await dispatch(ours, "check_run", of("Tool"));
    await workOff();
    expect(got).toEqual([`/a ${ours}`, `/a ${ours}`]);
  });

  it.each([
    ["does not get again what a hook before the repository was in its id has put there", theirs, 0],
    ["gets what hook has made up whoever has used its GUID in such a hook", ours, 1],
  ])("%s", async (_, guid, copies) => {
    external = { acme: [{ name: "a", endpoint: `${url}/a` }] };
    await queue.add({ id: `${guid} for a`, group: "old", payload: JSON.stringify({ name: "gone", nth: 0 }) });
    await dispatch(guid, "check_run", of("tool"));
    expect((await queue.depth()) - 1).toBe(copies);
  });

  it("that is down misses nothing, and keeps nothing from another one or from hook", async () => {
    external = {
      acme: [
        { name: "down", endpoint: `${url}/down` },
        { name: "up", endpoint: `${url}/up` },
      ],
    };
    answer = (path) => (path === "/down" && got.length < 2 ? "break" : 200);
    await dispatch("1", "check_run", commented);
    await dispatch("2", "check_run", commented);
    await workOff();
    expect(got).toEqual(["/up 1", "/up 2", "/down 1", "/down 2"]);
  });

  it("that answers with an error is not sent it again", async () => {
    external = { acme: [{ name: "a", endpoint: `${url}/a` }] };
    answer = () => 500;
    await dispatch("1", "check_run", commented);
    await workOff();
    expect([got, await Array.fromAsync(queue.dead())]).toEqual([["/a 1"], []]);
  });

  it("that has been gone for an hour is sent nothing older", async () => {
    external = { acme: [{ name: "a", endpoint: `${url}/a` }] };
    answer = () => "break";
    receivedAt = new Date(Date.now() - 3_600_001).toISOString();
    await dispatch("1", "check_run", commented);
    await workOff();
    expect(await Array.fromAsync(queue.dead())).toEqual([]);
  });

  it("is sent to where plugins.yaml says when it is sent", async () => {
    external = {
      acme: [
        { name: "a", endpoint: `${url}/old` },
        { name: "b", endpoint: `${url}/b` },
      ],
    };
    await dispatch("1", "check_run", commented);
    external = { acme: [{ name: "a", endpoint: `${url}/new` }] };
    await workOff();
    expect(got).toEqual(["/new 1"]);
  });
});

describe("a Probot app", () => {
  const guest: ExternalPlugin = { name: "app", probot: "./app.js", env: ["X"] };
  const failing = (...errors: unknown[]): string[] => {
    const calls: string[] = [];
    guests = {
      async receive({ name, probot, env }, { event, guid }, { org, repo }) {
        calls.push([name, probot, env, event, guid, org, repo].join(" "));
        const error = errors[calls.length - 1];
        if (error) throw error;
      },
      close: async () => {},
    };
    external = { acme: [guest] };
    return calls;
  };

  it("gets a delivery again while that may help", async () => {
    const github = new AggregateError([new HandlerError("Bad Gateway", 502, undefined)], "Bad Gateway");
    const calls = failing(new GuestError("absent", "x"), github, new GuestError("ended", "x"));
    await dispatch("1", "check_run", commented);
    await workOff();
    expect(calls).toEqual(Array.from({ length: 4 }, () => "app ./app.js X check_run 1 acme tool"));
  });

  it.each([
    [
      "a bug",
      new AggregateError([new HandlerError("x is undefined", undefined, undefined)], "x is undefined"),
    ],
    ["a refusal", new AggregateError([new HandlerError("Validation Failed", 422, undefined)], "refused")],
    ["what ends it each time", new GuestError("hopeless", "ended")],
  ])("has %s among the dead letters", async (_, error) => {
    const calls = failing(error);
    await dispatch("1", "check_run", commented);
    await workOff();
    expect(calls).toHaveLength(1);
    expect((await Array.fromAsync(queue.dead())).map(({ error: text }) => text)).toEqual([
      `app: ${(error as Error).message}`,
    ]);
  });

  it("gets the events of its organisation too", async () => {
    const calls = failing();
    await dispatch("1", "organization", JSON.stringify({ organization: { login: "acme" } }));
    await workOff();
    expect(calls).toEqual(["app ./app.js X organization 1 acme "]);
  });

  it("waits for a hook that can run it", async () => {
    external = { acme: [guest] };
    await dispatch("1", "check_run", commented);
    const handle = outside(deps());
    const [item] = await items();
    const error = await handle(item!, 1).catch((thrown: unknown) => thrown);
    expect(isPermanent(error)).toBe(false);
  });
});

/** What waits, without working on it. */
async function items(): Promise<{ payload: string }[]> {
  const found: { payload: string }[] = [];
  const stop = new AbortController();
  await queue.work(
    async ({ payload }) => {
      found.push({ payload });
      stop.abort();
    },
    { signal: stop.signal, concurrency: 1, maxAttempts: 1 },
  );
  return found;
}
