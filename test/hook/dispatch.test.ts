// A delivery meets the plugins: who is asked, what happens when one fails, what a retry repeats.
import { Registry } from "prom-client";
import { beforeEach, describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { type PluginsData, pluginsConfig } from "../../src/config/plugins-config.ts";
import { GitHubError } from "../../src/github/error.ts";
import type { GitHubRead } from "../../src/github/port.ts";
import { type DispatchDeps, dispatcher } from "../../src/hook/dispatch.ts";
import { hookMetrics } from "../../src/hook/metrics.ts";
import { KubeError } from "../../src/kube/error.ts";
import type { KubeRead } from "../../src/kube/port.ts";
import { currentCause } from "../../src/lib/cause.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { encodeDelivery } from "../../src/model/delivery.ts";
import type { Effect } from "../../src/model/effect.ts";
import { formatReply } from "../../src/model/reply.ts";
import type { Plugin } from "../../src/plugins/plugin.ts";
import { isPermanent, type PostponedError } from "../../src/queue/error.ts";
import type { Entry } from "../../src/record/port.ts";
import { body, comment, issue, pullRequest, repository } from "./payloads.ts";

const ref = { org: "acme", repo: "tool", number: 7 };
const labelEffect = (label: string): Effect => ({ do: "addLabels", issue: ref, labels: [label] });

const plugin = (name: string, more: Partial<Plugin> = {}): Plugin => ({
  name,
  on: ["comment"],
  description: "",
  commands: [],
  handle: async () => [labelEffect(name)],
  ...more,
});

let applied: Effect[];
let registry: Registry;
let enabled: PluginsData["plugins"];

beforeEach(() => {
  applied = [];
  registry = new Registry();
  enabled = { acme: { plugins: ["a", "b", "c"] } };
});

const deps = (all: Plugin[], more: Partial<DispatchDeps> = {}): DispatchDeps => ({
  all,
  config: () => ({}) as Config,
  plugins: () => pluginsConfig({ plugins: enabled, sections: {} }),
  reader: () => ({ botLogin: async () => "robot" }) as GitHubRead,
  kube: {} as KubeRead,
  apply: async (effects) => void applied.push(...effects),
  clock: systemClock,
  random: () => 0,
  web: fetch,
  localFile: async () => "",
  log: silent,
  metrics: hookMetrics(registry),
  outside: { add: async () => ({ added: true }) },
  ...more,
});

const delivery = (event: string, text: string) => ({
  payload: encodeDelivery({ guid: "g1", event, headers: {}, body: text, receivedAt: "" }),
});
const commented = delivery("issue_comment", body({ action: "created", issue, comment }));
const failure = (promise: Promise<void>) =>
  promise.then(
    () => undefined,
    (error: Error) => error,
  );
const labels = () => applied.flatMap((effect) => (effect.do === "addLabels" ? effect.labels : []));

describe("the record of a delivery", () => {
  const recorded = async (all: Plugin[], attempt = 1) => {
    const entries: Entry[] = [];
    const record = { append: (entry: Entry) => void entries.push(entry) };
    await dispatcher(deps(all, { record }))(commented, attempt).catch(() => {});
    return entries;
  };
  const about = { guid: "g1", actor: "bob", org: "acme", repo: "tool", pulls: [7], component: "hook" };

  it("has the event, what each plugin decides, and who had nothing to do", async () => {
    const entries = await recorded([plugin("a"), plugin("b", { handle: async () => [] })]);
    for (const entry of entries) expect(entry).toMatchObject({ ...about, act: "issue_comment" });
    expect(entries.map(({ kind, plugin, what }) => [kind, plugin, what])).toEqual([
      ["event", undefined, "commented: /lgtm"],
      ["decision", "a", "add labels a to acme/tool#7"],
      ["pass", undefined, "nothing to do for b"],
    ]);
  });

  it("has the plugin that could not decide, and the attempt", async () => {
    const broken = plugin("a", { handle: () => Promise.reject(new Error("HTTP 502")) });
    const entries = await recorded([broken], 2);
    expect(entries.map(({ kind, error, attempt }) => [kind, error, attempt])).toEqual([
      ["event", undefined, 2],
      ["decision", "HTTP 502", undefined],
    ]);
  });

  it("is what effects are made on behalf of", async () => {
    const causes: unknown[] = [];
    const apply = async () => void causes.push(currentCause());
    await dispatcher(deps([plugin("a")], { apply }))(commented, 1);
    expect(causes).toEqual([
      { component: "hook", guid: "g1", actor: "bob", org: "acme", repo: "tool", pr: 7, plugin: "a" },
    ]);
  });
});

describe("dispatch", () => {
  it("asks each plugin that is enabled in the repository and listens to the event", async () => {
    enabled = {
      acme: { plugins: ["a", "deaf"] },
      "acme/tool": { plugins: ["b"] },
      other: { plugins: ["c"] },
    };
    const all = [plugin("a"), plugin("b"), plugin("c"), plugin("d"), plugin("deaf", { on: ["push"] })];
    await dispatcher(deps(all))(commented, 1);
    expect(labels().sort()).toEqual(["a", "b"]);
  });

  it("lets a plugin look again at once when the object has changed meanwhile", async () => {
    let looks = 0;
    const conflicting = plugin("a", {
      async handle() {
        looks++;
        if (looks < 3) throw new KubeError(409, "Conflict", "the object has been modified");
        return [labelEffect("a")];
      },
    });
    await dispatcher(deps([conflicting]))(commented, 1);
    expect([looks, labels()]).toEqual([3, ["a"]]);
  });

  it("gives the plugin the event, the bot's login and the configuration", async () => {
    const told: unknown[] = [];
    const curious = plugin("a", {
      async handle(event, { bot, plugins }) {
        told.push(event.kind, bot, plugins.repos());
        return [];
      },
    });
    await dispatcher(deps([curious]))(commented, 1);
    expect(told).toEqual(["comment", "robot", ["acme"]]);
  });

  it.each([
    ["an answer", formatReply({ login: "bob", body: "/test ?", url: "u" }, "Run one of:\n/lgtm\n")],
    ["all answers in one", "<!-- cutwater: all that the bot has to say {} -->\n/lgtm"],
  ])("takes no command of the bot's from %s, which others have a say in", async (_, text) => {
    const by = (login: string) =>
      delivery(
        "issue_comment",
        body({ action: "created", issue, comment: { ...comment, body: text, user: { login, id: 4 } } }),
      );
    const run = dispatcher(deps([plugin("a")]));
    await run(by("robot"), 1);
    expect(labels()).toEqual([]);
    await run(by("bob"), 1);
    expect(labels()).toEqual(["a"]);
  });

  it("takes a command that somebody gives with the bot's account", async () => {
    const said = { ...comment, user: { login: "robot", id: 4 } };
    await dispatcher(deps([plugin("a")]))(
      delivery("issue_comment", body({ action: "created", issue, comment: said })),
      1,
    );
    expect(labels()).toEqual(["a"]);
  });

  it("keeps the order of effects and of the events of one delivery", async () => {
    const both = plugin("a", {
      on: ["pull_request", "comment"],
      handle: async ({ kind }) => [labelEffect(`${kind}1`), labelEffect(`${kind}2`)],
    });
    const opened = delivery("pull_request", body({ action: "opened", pull_request: pullRequest }));
    await dispatcher(deps([both]))(opened, 1);
    expect(labels()).toEqual(["pull_request1", "pull_request2", "comment1", "comment2"]);
  });

  it("lets a plugin fail alone, and repeats only that one", async () => {
    let down = true;
    const shaky = plugin("b", {
      async handle() {
        if (down) throw new GitHubError(502, "Bad Gateway");
        return [labelEffect("b")];
      },
    });
    const dispatch = dispatcher(deps([plugin("a"), shaky, plugin("c")]));
    const error = await failure(dispatch(commented, 1));
    expect(error?.message).toBe("b: Bad Gateway");
    expect(isPermanent(error)).toBe(false);
    expect(labels().sort()).toEqual(["a", "c"]);
    down = false;
    await dispatch(commented, 2);
    expect(labels().sort()).toEqual(["a", "b", "c"]);
  });

  it("takes what it has finished of one repository's delivery for nothing of another's with the same GUID", async () => {
    const down = plugin("b", { handle: () => Promise.reject(new GitHubError(502, "Bad Gateway")) });
    const dispatch = dispatcher(deps([plugin("a"), down]));
    const evil = { ...repository, name: "evil", full_name: "acme/evil" };
    const same = body({ action: "created", issue, comment, repository: evil });
    await failure(dispatch(delivery("issue_comment", same), 1));
    await failure(dispatch(commented, 1));
    expect(labels()).toEqual(["a", "a"]);
  });

  it("repeats a plugin whose effects failed to apply", async () => {
    let down = true;
    const apply: DispatchDeps["apply"] = async (effects) => {
      if (down) throw new GitHubError(0, "connection reset");
      applied.push(...effects);
    };
    const dispatch = dispatcher(deps([plugin("a")], { apply }));
    expect(await failure(dispatch(commented, 1))).toBeDefined();
    down = false;
    await dispatch(commented, 2);
    expect(labels()).toEqual(["a"]);
  });

  it.each([
    ["a bug", new TypeError("x is undefined"), 1],
    ["a refusal", new GitHubError(422, "Validation Failed"), 1],
    ["missing rights", new GitHubError(403, "Resource not accessible by integration"), 1],
    ["what stays missing", new GitHubError(404, "Not Found"), 3],
  ])("gives up at once on %s", async (_, error, attempt) => {
    const broken = plugin("a", { handle: () => Promise.reject(error) });
    const thrown = await failure(dispatcher(deps([broken, plugin("b")]))(commented, attempt));
    expect(isPermanent(thrown)).toBe(true);
    expect(thrown?.message).toContain(`a: ${error.message}`);
    expect(labels()).toEqual(["b"]);
  });

  it.each([
    ["a limit", new GitHubError(403, "You have exceeded a secondary rate limit")],
    ["what is not there yet", new GitHubError(404, "Not Found")],
  ])("tries again after %s", async (_, error) => {
    const broken = plugin("a", { handle: () => Promise.reject(error) });
    expect(isPermanent(await failure(dispatcher(deps([broken]))(commented, 1)))).toBe(false);
  });

  it("waits for GitHub's budget without giving up, and repeats only what waited for it", async () => {
    const until = 1_780_000_000_000;
    let left = 0;
    const tells = plugin("a", { handle: async () => [labelEffect("told")] });
    const apply: DispatchDeps["apply"] = async (effects) => {
      if (effects.some((effect) => effect.do === "addLabels" && effect.labels.includes("told")) && left === 0)
        throw new GitHubError(429, "used up", { budgetUntil: until });
      applied.push(...effects);
    };
    const dispatch = dispatcher(deps([tells, plugin("b")], { apply }));
    // At the last attempt that there is.
    const error = (await failure(dispatch(commented, 30))) as PostponedError;
    expect([isPermanent(error), error.postponedUntil]).toEqual([false, until]);
    expect(await registry.metrics()).not.toMatch(/prow_plugin_handle_errors\{/);
    left = 1;
    await dispatch(commented, 30);
    expect(labels()).toEqual(["b", "told"]);
  });

  it("counts an attempt when something else may be wrong, too", async () => {
    const errors = [new GitHubError(429, "used up", { budgetUntil: 1 }), new GitHubError(502, "Bad Gateway")];
    const broken = errors.map((error, at) => plugin("ab"[at]!, { handle: () => Promise.reject(error) }));
    expect(await failure(dispatcher(deps(broken))(commented, 1))).toBeInstanceOf(AggregateError);
  });

  it("makes a payload that nobody can read a dead letter", async () => {
    const dispatch = dispatcher(deps([plugin("a")]));
    for (const text of ["{", '{"repository": null}']) {
      const error = await failure(dispatch(delivery("push", text), 1));
      expect(isPermanent(error)).toBe(true);
      expect(error?.message).toContain("malformed payload");
    }
    expect(isPermanent(await failure(dispatch({ payload: "junk" }, 1)))).toBe(true);
  });

  it("leaves repositories alone that it is told to", async () => {
    await dispatcher(deps([plugin("a")], { repoEnabled: ({ org }) => org !== "acme" }))(commented, 1);
    expect(applied).toEqual([]);
  });

  it("counts by Prow's names", async () => {
    const broken = plugin("b", { handle: () => Promise.reject(new Error("no")) });
    await failure(dispatcher(deps([plugin("a"), broken]))(commented, 1));
    const text = await registry.metrics();
    const labelled = (name: string, took: boolean) =>
      `{event_type="issue_comment",action="created",plugin="${name}",took_action="${took}"} 1`;
    expect(text).toContain(`prow_plugin_handle_duration_seconds_count${labelled("a", true)}`);
    expect(text).toContain(`prow_plugin_handle_errors${labelled("b", false)}`);
  });
});
