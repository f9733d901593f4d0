// What an operator is told of the configuration, at the start and when it changes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configAgent } from "../../../src/cmd/config/config-agent.ts";
import { jsonLog } from "../../../src/cmd/process/log.ts";
import type { Clock } from "../../../src/lib/clock.ts";

let directory: string;
let stop: AbortController;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cutwater-agent-"));
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  rmSync(directory, { recursive: true });
});

/** An agent on files of these texts; `change` writes one and lets the agent look. */
function started(texts: { config: string; plugins: string }) {
  const path = (name: string) => join(directory, `${name}.yaml`);
  for (const [name, text] of Object.entries(texts)) writeFileSync(path(name), text);
  let wake = () => {};
  let now = 0;
  const clock: Clock = {
    now() {
      now += 7;
      return new Date(now);
    },
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        wake = resolve;
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  const lines: Record<string, unknown>[] = [];
  const log = jsonLog("hook", (line) => lines.push(JSON.parse(line)), "prow");
  const paths = { configPath: path("config"), pluginConfigPath: path("plugins") };
  const agent = configAgent({ paths, clock, log, metrics: new Registry(), signal: stop.signal });
  const taken = () =>
    lines.splice(0).map(({ level, msg, time: _time, component: _, severity: _same, ...fields }) => ({
      level,
      msg,
      ...fields,
    }));
  const change = async (name: "config" | "plugins", text: string) => {
    writeFileSync(path(name), text);
    wake();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { agent, taken, change, log, path };
}

const job = (name: string) => `{name: ${name}, interval: 1h, spec: {containers: [{image: a}]}}`;
const loaded = (jobs: number) => ({ level: "info", msg: "Configuration loaded.", jobs, ms: 7 });
const reloaded = (jobs: number, file: string) => ({ ...loaded(jobs), files: [file], changed: 1 });
const absent = (scopes: Record<string, number>) => ({
  level: "warning",
  msg: "These plugins are Prow's; Cutwater does not have them yet, so they do nothing.",
  scopes,
});

test("each good load is told, with its jobs and how long it took; a bad one is told as such", async () => {
  const { taken, change, path } = started({ config: `periodics: [${job("a")}]`, plugins: "" });
  expect(taken()).toEqual([loaded(1)]);
  await change("config", `periodics: [${job("a")}, ${job("b")}]`);
  expect(taken()).toEqual([reloaded(2, path("config"))]);
  await change("config", "periodics: [");
  expect(taken()).toEqual([
    expect.objectContaining({ msg: "Error loading config; the last good one stays in force." }),
  ]);
});

test("log_level is obeyed from the first line on, and after a change", async () => {
  const { taken, change, log } = started({ config: "log_level: error", plugins: "" });
  expect(taken()).toEqual([]);
  await change("config", "log_level: debug");
  log.child({}).debug({}, "details");
  expect(taken().map(({ msg }) => msg)).toEqual(["Configuration loaded.", "details"]);
});

test("an empty config.yaml is a warning", () => {
  const { taken, path } = started({ config: "# nothing yet\n", plugins: "" });
  expect(taken()).toEqual([
    loaded(0),
    {
      level: "warning",
      msg: `${path("config")}:1:1: warning: the file is empty (every setting has its default)`,
    },
  ]);
});

test("a plugin that nobody knows is a warning with its place, told once", async () => {
  const plugins = "plugins:\n  org:\n    plugins:\n    - triger\n    - transfer-issue\n";
  const { agent, taken, change, path } = started({ config: "log_level: info", plugins });
  expect(taken()).toEqual([
    loaded(0),
    {
      level: "warning",
      msg: `${path("plugins")}:4:7: warning: unknown plugin: triger (did you mean "trigger"?)`,
    },
    {
      level: "warning",
      msg: `${path("plugins")}:5:7: warning: unknown plugin: transfer-issue (did you mean "issue-management"?)`,
    },
  ]);
  expect(agent.plugins().enabled({ org: "org", repo: "repo" })).toContain("transfer-issue");
  await change("config", "log_level: info # again");
  expect(taken()).toEqual([reloaded(0, path("config"))]);
});

test("plugins of Prow's that are absent are told in one line, and again only when that changes", async () => {
  const { taken, change, path } = started({
    config: "log_level: info",
    plugins: "plugins: {org: {plugins: [golint, lgtm]}, other: {plugins: [rifle, golint]}}",
  });
  expect(taken()).toEqual([loaded(0), absent({ golint: 2, rifle: 1 })]);
  await change("config", "log_level: info # again");
  expect(taken()).toEqual([reloaded(0, path("config"))]);
  await change("plugins", "plugins: {org: {plugins: [golint, lgtm]}}");
  expect(taken()).toEqual([reloaded(0, path("plugins")), absent({ golint: 1 })]);
});
