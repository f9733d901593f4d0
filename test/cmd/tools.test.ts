// The tools as people use them, on one small deployment: what they print is kept in test/golden/tools.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { checkconfig } from "../../src/cmd/checkconfig.ts";
import { mkpj } from "../../src/cmd/mkpj.ts";
import { mkpod } from "../../src/cmd/mkpod.ts";
import { owners } from "../../src/cmd/owners.ts";
import { render } from "../../src/cmd/render.ts";
import { whyRunCommand } from "../../src/cmd/why-run.ts";
import { loadYAML } from "../../src/lib/yaml/load.ts";
import { run } from "./tool-run.ts";

// As a person in the directory of the fixtures names them.
const fixtures = relative(process.cwd(), join(import.meta.dirname, "../fixtures/tools"));
const OLD = `${fixtures}/old`;
const NEW = `${fixtures}/new`;
const CONFIG = ["--config-path", `${OLD}/config.yaml`, "--job-config-path", `${OLD}/jobs`];
const PLUGINS = ["--plugin-config", `${OLD}/plugins.yaml`];
const golden = (name: string) => join(import.meta.dirname, "../golden/tools", name);

describe("checkconfig", () => {
  test.each(["text", "github", "json"])("as %s", async (format) => {
    const { code, out } = await run(checkconfig, [...CONFIG, ...PLUGINS, "--format", format]);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(golden(`checkconfig.${format}`));
  });

  test("--strict fails for warnings, not for what it only remarks", async () => {
    expect((await run(checkconfig, [...CONFIG, ...PLUGINS, "--strict"])).code).toBe(1);
    const some = ["--warnings=non-decorated-jobs", "--warnings=absent-plugins"];
    expect((await run(checkconfig, [...CONFIG, ...PLUGINS, ...some, "--strict"])).code).toBe(0);
    const without = ["--exclude-warning=mismatched-tide", "--exclude-warning=mismatched-tide-lenient"];
    const { code, out } = await run(checkconfig, [...CONFIG, ...PLUGINS, ...without, "--strict"]);
    expect([code, out.includes("Strict is set")]).toEqual([0, false]);
  });

  test("a configuration without a fault", async () => {
    const { code, out } = await run(checkconfig, CONFIG);
    expect([code, out]).toEqual([0, "checkconfig passes without any error!\n"]);
  });

  describe("of what is misspelt or there twice", () => {
    const dir = mkdtempSync(join(tmpdir(), "checkconfig-"));
    const [config, jobs] = [join(dir, "config.yaml"), join(dir, "jobs.yaml")];
    const check = (yaml: string, ...more: string[]) => {
      writeFileSync(config, yaml);
      writeFileSync(
        jobs,
        "presubmits: {o/r: [{name: j, alwys_run: true, decorate: false, spec: {containers: [{image: i}]}}]}",
      );
      return run(checkconfig, ["--config-path", config, "--job-config-path", jobs, "--strict", ...more]);
    };
    const MISSPELT = `${jobs}:1:30: warning: unknown field "alwys_run" (did you mean "always_run"?)`;
    const only = "--exclude-warning=non-decorated-jobs";

    test("a job's field is remarked, and counts where it is looked for", async () => {
      const { code, out } = await check("log_level: info", only);
      expect([code, out.split("\n")[0]]).toEqual([0, MISSPELT]);
      expect((await check("log_level: info", "--warnings=unknown-fields-all")).code).toBe(1);
      expect((await check("log_level: info", only, "--exclude-warning=unknown-fields")).out).not.toContain(
        "alwys_run",
      );
    });

    test("beside errors, since they may come of it", async () => {
      const { code, out } = await check(
        "plank: {pod_pending_timeout: 1 h}\nplank: {pod_pending_timeout: 1 h}",
      );
      expect(code).toBe(1);
      expect(out).toContain(`${config}:2:1: warning: duplicated key "plank"`);
      expect(out).toContain(MISSPELT);
      expect(out).toContain("1 error: the configuration cannot be used.");
    });
  });
});

describe("render", () => {
  test.each([
    ["prowjob", "yaml"],
    ["pod", "yaml"],
    ["prowjob", "json"],
  ])("one job as %s in %s", async (as, format) => {
    const { code, out } = await run(render, [...CONFIG, "--job=unit", `--as=${as}`, `--format=${format}`]);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(golden(`render-${as}.${format}`));
  });

  test("all jobs, and those of one repository", async () => {
    const all = (await run(render, [...CONFIG, "--format=json"])).out;
    expect((JSON.parse(all) as { spec: { job: string } }[]).map(({ spec }) => spec.job)).toEqual([
      "unit",
      "docs",
      "publish",
      "nightly",
    ]);
    const some = (await run(render, [...CONFIG, "--repo=harbour/knots"])).out;
    expect(some.match(/^kind: ProwJob$/gm)).toHaveLength(3);
  });

  test.each(["text", "markdown", "json"])("--diff as %s", async (format) => {
    const { code, out } = await run(render, ["--diff", `--format=${format}`, OLD, NEW]);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(golden(`diff.${format === "markdown" ? "md" : format}`));
  });

  test("--diff of pods, of one with itself, and with an exit code", async () => {
    const pods = await run(render, ["--diff", "--as=pod", "--exit-code", OLD, NEW]);
    expect(pods.code).toBe(1);
    expect(pods.out).toContain('~ pod.spec.containers[test].env[LEVEL].value: "info" → "debug"');
    const same = await run(render, ["--diff", "--exit-code", OLD, `${OLD}/config.yaml`]);
    expect(same).toMatchObject({ code: 0, out: "nothing changes.\n" });
  });
});

describe("mkpj and mkpod", () => {
  const refs =
    "--base-ref=main --base-sha=b --pull-number=3 --pull-sha=p --pull-author=ada --pull-head-ref=x";

  test("a presubmit, its pod, and its pod on a machine of one's own", async () => {
    const made = await run(mkpj, [...CONFIG, "--job=unit", ...refs.split(" ")]);
    expect(made).toMatchObject({ code: 0, err: "" });
    await expect(made.out).toMatchFileSnapshot(golden("mkpj.yaml"));
    const file = join(mkdtempSync(join(tmpdir(), "cutwater-mkpod-")), "prowjob.yaml");
    writeFileSync(file, made.out);
    const pod = await run(mkpod, ["--prow-job", file, "--build-id=7"]);
    expect(pod.code).toBe(0);
    await expect(pod.out).toMatchFileSnapshot(golden("mkpod.yaml"));
    const local = await run(mkpod, ["--prow-job", file, "--build-id=7", "--local", "--out-dir=/tmp/out"]);
    expect(local.err).toContain("files will be copied to /tmp/out/7 on the node");
    await expect(local.out).toMatchFileSnapshot(golden("mkpod-local.yaml"));
  });

  test("a postsubmit needs a branch and a commit, a periodic nothing", async () => {
    expect((await run(mkpj, [...CONFIG, "--job=publish"])).err).toContain("--base-ref is missing");
    const post = await run(mkpj, [...CONFIG, "--job=publish", "--base-ref=main", "--base-sha=b"]);
    expect(loadYAML(post.out)).toMatchObject({ spec: { type: "postsubmit", refs: { base_sha: "b" } } });
    expect(loadYAML((await run(mkpj, [...CONFIG, "--job=nightly"])).out)).toMatchObject({
      spec: { type: "periodic" },
    });
  });
});

describe("owners", () => {
  const dir = ["--dir", `${fixtures}/checkout`];

  test("as text", async () => {
    const paths = ["api/v1/a.proto", "docs/a.md", "README.md"];
    const { code, out } = await run(owners, [...dir, ...paths]);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(golden("owners.txt"));
  });

  test("as JSON", async () => {
    const { out } = await run(owners, [...dir, "--format=json", "api/v1/a.proto"]);
    await expect(out).toMatchFileSnapshot(golden("owners.json"));
  });
});

describe("why-run", () => {
  test("each reason", async () => {
    const asked = [
      ["unit"],
      ["docs", "--files=README.md,docs/a.md", "--branch=release-1"],
      ["docs", "--files=README.md", "--branch=gh-pages"],
      ["docs", "--comment=/test docs", "--branch=main"],
      ["docs", "--comment=/test all", "--branch=main", "--files=a"],
      ["publish", "--branch=main"],
      ["nightly"],
    ];
    const answers: string[] = [];
    for (const argv of asked) {
      const { code, out } = await run(whyRunCommand, [...CONFIG, ...argv]);
      answers.push(`$ why-run ${argv.join(" ")} (${code})\n${out}`);
    }
    await expect(answers.join("\n")).toMatchFileSnapshot(golden("why-run.txt"));
  });

  test("as JSON", async () => {
    const { out } = await run(whyRunCommand, [...CONFIG, "--format=json", "unit"]);
    expect(JSON.parse(out)).toMatchObject([
      { kind: "presubmit", repo: "harbour/knots", job: "unit", runs: true },
    ]);
  });
});
