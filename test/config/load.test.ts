import { describe, expect, it } from "vitest";
import { DECORATED, errorsOf, load, loadGood } from "./files.ts";

const UNIT = `
presubmits:
  org/repo:
  - name: unit
    spec: {containers: [{image: alpine, command: [make], args: [test]}]}
`;

describe("a configuration that is right", () => {
  it("has defaults in every job", () => {
    const job = loadGood({ jobs: UNIT }).presubmits["org/repo"]![0]!;
    expect(job).toMatchObject({
      agent: "kubernetes",
      cluster: "default",
      namespace: "test-pods",
      context: "unit",
      rerun_command: "/test unit",
      trigger: "(?m)^/test( | .* )unit,?($|\\s.*)",
      decorate: false,
      prowjob_defaults: { tenant_id: "GlobalDefaultID" },
    });
    expect(job.decoration_config).toBeUndefined();
  });

  it("has Prow's defaults elsewhere", () => {
    const config = loadGood({ config: "" });
    expect(config).toMatchObject({
      prowjob_namespace: "default",
      pod_namespace: "default",
      plank: {
        pod_pending_timeout: "10m0s",
        pod_running_timeout: "48h0m0s",
        pod_unscheduled_timeout: "5m0s",
        max_revivals: 3,
      },
      tide: { sync_period: "1m0s", status_update_period: "1m0s", queries: [] },
      sinker: {
        resync_period: "1h0m0s",
        max_prowjob_age: "168h0m0s",
        max_pod_age: "24h0m0s",
        terminated_pod_ttl: "24h0m0s",
      },
      horologium: { tick_interval: "1m0s" },
      github_reporter: { job_types_to_report: ["presubmit", "postsubmit"] },
      github: { link_url: "https://github.com" },
      default_job_timeout: "24h0m0s",
      in_repo_config: { allowed_clusters: { "*": ["default"] } },
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("decorates with the entries that fit, later ones and the job's own over earlier ones", () => {
    const config = `${DECORATED}
  - repo: org
    config: {timeout: 1h, gcs_configuration: {path_prefix: org}}
  - cluster: other
    config: {timeout: 9h}
`;
    const jobs = `decorate_all_jobs: true\n${UNIT}    decoration_config: {grace_period: 1m, utility_images: {sidecar: mine}}\n    decorate: true\n`;
    expect(loadGood({ config, jobs }).presubmits["org/repo"]![0]!.decoration_config).toMatchObject({
      timeout: "1h0m0s",
      grace_period: "1m0s",
      utility_images: { clonerefs: "i/clonerefs", sidecar: "mine" },
      gcs_configuration: { bucket: "b", path_prefix: "org" },
    });
  });

  it("takes the map form from general to special, whatever its order", () => {
    const images =
      "utility_images: {clonerefs: a, initupload: a, entrypoint: a, sidecar: a}, gcs_configuration: {bucket: b, path_strategy: explicit}";
    const config = `plank: {default_decoration_configs: {org/repo: {timeout: 3h}, org: {timeout: 2h}, '*': {timeout: 1h, ${images}}}}`;
    const jobs = `${UNIT}    decorate: true\n`;
    expect(loadGood({ config, jobs }).presubmits["org/repo"]![0]!.decoration_config?.timeout).toBe("3h0m0s");
  });

  it("applies a preset to the jobs that have all of its labels", () => {
    const jobs = `
presets:
- labels: {a: "1", b: "2"}
  env: [{name: X, value: 1}]
  volumes: [{name: v, emptyDir: {}}]
  volumeMounts: [{name: v, mountPath: /v}]
${UNIT}    labels: {a: "1", b: "2"}
  - name: other
    labels: {a: "1"}
    spec: {containers: [{image: alpine}]}
`;
    const [unit, other] = loadGood({ jobs }).presubmits["org/repo"]!;
    expect(unit!.spec).toMatchObject({
      containers: [{ env: [{ name: "X", value: "1" }], volumeMounts: [{ name: "v", mountPath: "/v" }] }],
      volumes: [{ name: "v", emptyDir: {} }],
    });
    expect(other!.spec?.containers[0]).toEqual({ name: "", image: "alpine" });
  });

  it("keeps jobs in the order of the files and of the file", () => {
    const more = UNIT.replace("unit", "second");
    const jobs = loadGood({ jobs: { "a.yaml": UNIT, "b.yaml": more } }).presubmits["org/repo"]!;
    expect(jobs.map(({ name }) => name)).toEqual(["unit", "second"]);
  });

  it("makes one of tide's queries that ask for the same", () => {
    const config = `
tide:
  queries:
  - {repos: [o/b], labels: [lgtm, approved]}
  - {orgs: [z], labels: [approved, lgtm]}
  - {repos: [o/a], labels: [x]}
`;
    expect(JSON.parse(JSON.stringify(loadGood({ config }).tide.queries))).toEqual([
      { labels: ["approved", "lgtm"], orgs: ["z"], repos: ["o/b"] },
      { labels: ["x"], repos: ["o/a"] },
    ]);
  });
});

describe("a configuration that is wrong", () => {
  it("names file, line, column and the line itself", () => {
    const [problem] = load({ jobs: `${UNIT}    run_if_changed: "("\n` }).problems;
    expect(problem).toMatchObject({ level: "error", file: "jobs.yaml", line: 6, column: 5 });
    expect(problem!.excerpt).toBe('    run_if_changed: "("\n    ^');
    expect(problem!.message).toContain(
      "could not compile run_if_changed regex: error parsing regexp: missing closing )",
    );
  });

  it("names every fault at once", () => {
    const jobs = {
      "a.yaml": "presubmits:\n  org/repo:\n  - name: a b\n    spec: {containers: []}\n",
      "b.yaml": "periodics:\n- name: p\n  cron: H 4 * * *\n  spec: {containers: [{image: a}]}\n",
      "c.yaml": "presubmits: [\n",
    };
    const errors = errorsOf({ config: "log_level: loud", jobs }).join("\n");
    expect(errors).toContain("a.yaml:3:5: error: invalid presubmit job a b: name: must match regex");
    expect(errors).toContain("pod spec must specify at least 1 container, found: 0");
    expect(errors).toContain("b.yaml:3:3: error: invalid cron string H 4 * * * in periodic p");
    expect(errors).toMatch(/c\.yaml:\d+:\d+: error:/);
    expect(errors).toContain('config.yaml:1:1: error: not a valid logrus Level: "loud"');
  });

  it("only warns of an unknown field, with the likely name", () => {
    const { config, problems } = load({ jobs: `${UNIT}    alwaysrun: true\n` });
    expect(config).toBeDefined();
    expect(problems).toMatchObject([
      { level: "warning", line: 6, message: 'unknown field "alwaysrun"', hint: 'did you mean "always_run"?' },
    ]);
  });

  it("refuses one file name twice in the tree", () => {
    expect(errorsOf({ jobs: { "x/jobs.yaml": UNIT, "y/jobs.yaml": "" } })).toEqual([
      "y/jobs.yaml:1:1: error: duplicated basename is not allowed: jobs.yaml (the other is x/jobs.yaml)",
    ]);
  });

  it.each([
    ["two jobs of one name", UNIT + UNIT.slice(UNIT.indexOf("  - name")), "duplicated presubmit jobs"],
    [
      "two jobs of one context",
      `${UNIT}  - {name: b, context: unit, spec: {containers: [{image: a}]}}\n`,
      'report to the same GitHub context "unit"',
    ],
    [
      "a reserved label",
      `${UNIT}    labels: {created-by-prow: "true"}\n`,
      "label created-by-prow is reserved for decoration",
    ],
    [
      "a number for a string",
      `${UNIT}    path_alias: 5\n`,
      "expected a string, found number 5 (put it in quotes)",
    ],
    [
      "always_run with run_if_changed",
      `${UNIT}    always_run: true\n    run_if_changed: x\n`,
      "mutually exclusive",
    ],
    [
      "a rerun command that does not match",
      `${UNIT}    trigger: "^/x$"\n    rerun_command: /y\n`,
      'rerun command "/y" does not match trigger',
    ],
    [
      "a reserved variable",
      UNIT.replace("image: alpine", "image: alpine, env: [{name: JOB_NAME, value: x}]"),
      "env JOB_NAME is reserved",
    ],
    [
      "an undefined mount",
      UNIT.replace("image: alpine", "image: alpine, volumeMounts: [{name: x, mountPath: /x}]"),
      'volumeMount named "x" is undefined',
    ],
    [
      "a decorated job without a command",
      `${UNIT.replace("command: [make], args: [test]", "")}    decorate: true\n`,
      "decorated job containers must specify command and/or args",
    ],
    [
      "a foreign namespace",
      `${UNIT}    namespace: other\n`,
      "namespace customization requires agent: tekton-pipeline",
    ],
    ["an unknown queue", `${UNIT}    job_queue_name: q\n`, "invalid job queue name q"],
  ])("refuses %s", (_what, jobs, words) => {
    expect(errorsOf({ jobs }).join("\n")).toContain(words);
  });

  it.each([
    ["plank: {job_url_template: '{{.Spec'}", "parsing template: line 1: unclosed action"],
    [
      "slack_reporter_configs: {'*': {channel: c, report_template: '{{.Spec.Nope}}'}}",
      "can't evaluate field Nope",
    ],
    ["tide: {queries: [{labels: [a]}]}", "'orgs' and 'repos' cannot both be empty"],
    ["tide: {merge_method: {org/repo: ff}}", 'merge type "ff" for org/repo is not a valid type'],
    ["deck: {spyglass: {lenses: [{required_files: ['(']}]}}", 'cannot compile regexp "("'],
    ["plank: {pod_pending_timeout: 10}", "expected a duration"],
    ["github_reporter: {job_types_to_report: [periodic]}", "invalid job_types_to_report: periodic"],
    ["github_reporter: {comments: {org: one}}", "separate"],
    ["github_reporter: {reports: {org: check}}", "statuses"],
    [
      "github_reporter: {problem_matchers: {'*': [{owner: go, pattern: [{regexp: '(', message: 1}]}]}}",
      'problem matcher "go" has a regexp that RE2 refuses',
    ],
    ["prowjob_namespace: [a]", "expected a string, found list"],
  ])("refuses %s", (config, words) => {
    expect(errorsOf({ config }).join("\n")).toContain(words);
  });
});
