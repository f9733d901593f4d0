// Jobs of a repository with its own: what is asked of git and GitHub, what is kept, and what errors say.
import { Registry } from "prom-client";
import { beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Merge, MergedFiles, MergedTree } from "../../src/git/port.ts";
import { GitHubError } from "../../src/github/error.ts";
import { inRepoMetrics } from "../../src/in-repo/metrics.ts";
import { inRepoJobs } from "../../src/in-repo/repo-jobs.ts";
import { InRepoConfigError } from "../../src/jobs/repo-jobs.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";

const REPO = { org: "acme", repo: "lib" };
const job = (name: string, more = "") =>
  `- name: ${name}\n  always_run: true\n${more}  spec:\n    containers:\n    - image: img\n      command: [run]\n`;

function configOf(more = "in_repo_config: {enabled: {acme/lib: true}}\n"): Config {
  const text = `${more}presubmits:\n  acme/lib:\n${job("central").replace(/^/gm, "  ").trimEnd()}\n`;
  const { config, problems } = loadConfig({ config: { path: "config.yaml", text }, jobs: [] }, []);
  if (!config) throw new Error(JSON.stringify(problems));
  return config;
}

let asked: string[];
let registry: Registry;
beforeEach(() => {
  asked = [];
  registry = new Registry();
});

/** Trees by commits, `base head…`; a file's SHA is its content. */
const source = (
  name: string,
  trees: Record<string, Record<string, string> | Error | "conflict">,
): MergedFiles => ({
  async list(_, { baseSHA, heads }: Merge): Promise<MergedTree | undefined> {
    const at = [baseSHA, ...heads].join(" ");
    asked.push(`${name} list ${at}`);
    const tree = trees[at];
    if (tree instanceof Error) throw tree;
    if (tree === "conflict") return { conflict: heads[0]! };
    return tree && { files: Object.entries(tree).map(([path, sha]) => ({ path, sha, kind: "file" })) };
  },
  async texts(_, shas) {
    asked.push(`${name} texts ${shas.length}`);
    return new Map(shas.map((sha) => [sha, sha]));
  },
});

const open = (sources: MergedFiles[], cacheSize = 200) =>
  inRepoJobs({
    ...{ sources, cacheSize, metrics: inRepoMetrics(registry) },
    ...{ clock: systemClock, log: silent },
  });
const names = (jobs: readonly { name: string }[]) => jobs.map(({ name }) => name);
const own = (...jobs: string[]) => ({ ".prow.yaml": `presubmits:\n${jobs.join("")}` });

describe("jobs", () => {
  test("are the central ones and the repository's, with defaults", async () => {
    const jobs = open([
      source("api", {
        "b h": {
          ".prow.yaml": `presubmits:\n${job("own")}postsubmits:\n- name: after\n  spec: {containers: [{image: i, command: [run]}]}\n`,
        },
      }),
    ]);
    const at = { baseSHA: "b", heads: ["h"] };
    const presubmits = await jobs.presubmits(configOf(), REPO, at);
    expect(names(presubmits)).toEqual(["central", "own"]);
    expect(presubmits[1]).toMatchObject({ context: "own", rerun_command: "/test own", cluster: "default" });
    expect(names(await jobs.postsubmits(configOf(), REPO, at))).toEqual(["after"]);
  });

  test("are the central ones alone where it is not enabled, without a question", async () => {
    const jobs = open([source("api", {})]);
    expect(names(await jobs.presubmits(configOf(""), REPO, { baseSHA: "b", heads: [] }))).toEqual([
      "central",
    ]);
    expect(asked).toEqual([]);
  });

  test("git is asked when the API can not tell", async () => {
    const jobs = open([source("api", {}), source("git", { "b h": own(job("merged")) })]);
    const found = await jobs.presubmits(configOf(), REPO, { baseSHA: "b", heads: ["h"] });
    expect(names(found)).toEqual(["central", "merged"]);
    expect(asked).toEqual(["api list b h", "git list b h", "git texts 1"]);
  });
});

describe("what is kept", () => {
  test("the same question at once and later is asked once, and gives the very same jobs", async () => {
    const jobs = open([source("api", { "b h": own(job("own")) })]);
    const config = configOf();
    const ask = () => jobs.presubmits(config, REPO, { baseSHA: "b", heads: ["h"] });
    const [[, first], [, second]] = await Promise.all([ask(), ask()]);
    expect(second).toBe(first);
    expect((await ask())[1]).toBe(first);
    expect(asked).toEqual(["api list b h", "api texts 1"]);
    expect(await registry.metrics()).toContain('inRepoConfigCache_hits{org="acme",repo="lib"} 2');
  });

  test("other commits with the same files need no contents, and no parsing", async () => {
    const jobs = open([source("api", { "b h": own(job("own")), "b i": own(job("own")) })]);
    const config = configOf();
    const [, one] = await jobs.presubmits(config, REPO, { baseSHA: "b", heads: ["h"] });
    const [, other] = await jobs.presubmits(config, REPO, { baseSHA: "b", heads: ["i"] });
    expect(other).toBe(one);
    expect(asked).toEqual(["api list b h", "api texts 1", "api list b i"]);
  });

  test("a new central configuration counts at once", async () => {
    const jobs = open([source("api", { "b h": own(job("own", "  cluster: big\n")) })]);
    const at = { baseSHA: "b", heads: ["h"] };
    await expect(jobs.presubmits(configOf(), REPO, at)).rejects.toThrow('cluster "big" is not allowed');
    const allowing = configOf(
      "in_repo_config: {enabled: {acme: true}, allowed_clusters: {acme/lib: [big]}}\n",
    );
    expect(names(await jobs.presubmits(allowing, REPO, at))).toEqual(["central", "own"]);
    expect(asked).toEqual(["api list b h", "api texts 1"]);
  });

  test("no more than was allowed", async () => {
    const jobs = open([source("api", { "b 1": own(), "b 2": own() })], 1);
    for (const head of ["1", "2", "1"])
      await jobs.presubmits(configOf(), REPO, { baseSHA: "b", heads: [head] });
    expect(asked.filter((text) => text.includes("list"))).toHaveLength(3);
  });

  test("of large ones only few: anybody's pull request brings some", async () => {
    const heads = Array.from({ length: 23 }, (_, i) => String(i));
    const large = (head: string) => ({ ".prow.yaml": `#${head.padEnd(900_000, "#")}` });
    const jobs = open([source("api", Object.fromEntries(heads.map((head) => [`b ${head}`, large(head)])))]);
    const config = configOf();
    for (const head of [...heads, "22", "0"])
      await jobs.presubmits(config, REPO, { baseSHA: "b", heads: [head] });
    const lists = asked.filter((text) => text.includes("list"));
    expect(lists.slice(23)).toEqual(["api list b 0"]);
  });
});

describe("errors", () => {
  const failing = async (sources: MergedFiles[]) =>
    open(sources)
      .presubmits(configOf(), REPO, { baseSHA: "b", heads: ["h"] })
      .then(
        () => new Error("it worked"),
        (error: Error) => error,
      );

  test("name file, line and column, all of them", async () => {
    const error = await failing([
      source("api", { "b h": own(job("central"), job("far", "  cluster: far\n"), "- name: 'no good'\n") }),
    ]);
    expect(error).toBeInstanceOf(InRepoConfigError);
    expect(error.message).toContain(
      ".prow.yaml:2:3: error: duplicated presubmit jobs (consider both inrepo and central config): [central]",
    );
    expect(error.message).toContain(
      '.prow.yaml:10:3: error: cluster "far" is not allowed for repository "acme/lib"',
    );
    expect(error.message).toContain(
      ".prow.yaml:15:3: error: invalid presubmit job no good: name: must match regex",
    );
  });

  test("twenty of very many, and none of them at length", async () => {
    const bad = Array.from({ length: 50 }, (_, i) => job(`${i} ${"x".repeat(550)}`));
    const { message } = await failing([source("api", { "b h": own(...bad) })]);
    expect(message.match(/\.prow\.yaml:\d+/g)).toHaveLength(20);
    expect(message).toMatch(/…; and \d+ more$/);
    expect(message.length).toBeLessThan(11_000);
  });

  test("of syntax too", async () => {
    const error = await failing([source("api", { "b h": { ".prow/a.yaml": "presubmits: [\n" } })]);
    expect(error.message).toMatch(/^acme\/lib: \.prow\/a\.yaml:\d+:\d+: error: /);
  });

  test("a conflict is one, and is not looked for again", async () => {
    const jobs = open([source("git", { "b h": "conflict" })]);
    const ask = () => jobs.presubmits(configOf(), REPO, { baseSHA: "b", heads: ["h"] });
    await expect(ask()).rejects.toThrow('failed to merge "h" onto b');
    await expect(ask()).rejects.toThrow(InRepoConfigError);
    expect(asked).toHaveLength(1);
  });

  test.each([
    [502, "Bad Gateway"],
    [403, "API rate limit exceeded"],
    [401, "Bad credentials"],
  ])("what may pass stays what it is, and is asked again: %d %s", async (status, message) => {
    const down = new GitHubError(status, message);
    const jobs = open([source("api", { "b h": down }), source("git", { "b h": new Error("no route") })]);
    const ask = () => jobs.presubmits(configOf(), REPO, { baseSHA: "b", heads: ["h"] });
    await expect(ask()).rejects.toBe(down);
    await expect(ask()).rejects.toBe(down);
    expect(asked).toHaveLength(4);
  });

  test("what will not pass says what was tried", async () => {
    const gone = new GitHubError(404, "Not Found");
    const error = await failing([
      source("api", { "b h": gone }),
      source("git", { "b h": new Error("not our ref") }),
    ]);
    expect(error).toBeInstanceOf(InRepoConfigError);
    expect(error.message).toBe("the configuration in acme/lib at b can not be read: Not Found; not our ref");
  });
});

describe("jobs that ask for more than a plain pod has", () => {
  const PRIVILEGED = "  spec:\n    hostNetwork: true\n    containers:\n    - {image: img, command: [run]}\n";
  const rich = (name: string, more = "") => `- name: ${name}\n  always_run: true\n${more}${PRIVILEGED}`;
  const jobsAt = (trees: Record<string, Record<string, string>>, config = configOf()) => {
    registry = new Registry();
    return open([source("api", trees)]).presubmits(config, REPO, { baseSHA: "base", heads: ["head"] });
  };

  test("are refused when the pull request adds them, with the field and the place", async () => {
    const trees = { base: own(job("mine")), "base head": own(job("mine"), rich("new")) };
    const refused = jobsAt(trees);
    await expect(refused).rejects.toBeInstanceOf(InRepoConfigError);
    await expect(refused).rejects.toThrow(
      /acme\/lib: \.prow\.yaml:\d+:\d+: error: job "new" has spec\.hostNetwork, which no pull request may bring: /,
    );
  });

  test("are refused when the pull request changes what they run, under any name", async () => {
    const changed = rich("rich").replace("img", "evil");
    await expect(jobsAt({ base: own(rich("rich")), "base head": own(changed) })).rejects.toThrow(
      "hostNetwork",
    );
    const renamed = { base: own(rich("rich")), "base head": own(rich("other")) };
    await expect(jobsAt(renamed)).rejects.toThrow("hostNetwork");
  });

  test("run as the base has them, also when they run otherwise often", async () => {
    const trees = {
      base: own(rich("rich")),
      "base head": own(job("new"), rich("rich", "  optional: true\n")),
    };
    expect(names(await jobsAt(trees))).toEqual(["central", "new", "rich"]);
  });

  test("may report in the name of others only as the base has it", async () => {
    const cla = (more: string) => own(job("mine", `  context: license/cla\n${more}`));
    const config = configOf(
      "in_repo_config: {enabled: {acme/lib: true}}\ntide: {context_options: {required-contexts: [license/cla]}}\n",
    );
    const trees = { base: cla(""), "base head": cla("  optional: true\n") };
    expect(names(await jobsAt(trees, config))).toEqual(["central", "mine"]);
    await expect(jobsAt({ ...trees, base: own(job("mine")) }, config)).rejects.toThrow(
      'job "mine" has context, which no pull request may bring',
    );
  });

  test("are refused when the base has none of its own, or none that can be read", async () => {
    await expect(jobsAt({ base: {}, "base head": own(rich("new")) })).rejects.toThrow("hostNetwork");
    const broken = { base: { ".prow.yaml": "presubmits: 1\n" }, "base head": own(rich("new")) };
    await expect(jobsAt(broken)).rejects.toThrow("hostNetwork");
  });

  test("run where the policy is Prow's", async () => {
    const config = configOf("in_repo_config: {enabled: {acme/lib: true}, pod_policy: {acme: prow}}\n");
    const trees = { base: {}, "base head": own(rich("new")) };
    expect(names(await jobsAt(trees, config))).toEqual(["central", "new"]);
  });

  test("cost nothing where there are none: the base is not read", async () => {
    await jobsAt({ base: own(job("mine")), "base head": own(job("mine")) });
    expect(asked.filter((one) => one === "api list base")).toEqual([]);
  });

  test("run after a push: what the branch has was merged", async () => {
    const text = `postsubmits:\n${rich("after")}`;
    const jobs = open([source("api", { pushed: { ".prow.yaml": text } })]);
    const after = await jobs.postsubmits(configOf(), REPO, { baseSHA: "pushed", heads: [] });
    expect(names(after)).toEqual(["after"]);
  });
});
