import { describe, expect, test } from "vitest";
import type { ProwJob } from "../../src/model/prowjob.ts";
import type { TideSnapshot } from "../../src/model/tide-snapshot.ts";
import { blobs, deck, NOW, prowJob, storeOf } from "./deck.ts";

const text = async (response: Promise<Response>) => (await response).text();

describe("the job list", () => {
  const jobs = storeOf([
    prowJob({ name: "one", status: { state: "failure" } }),
    prowJob({ name: "two", spec: { job: "lint" }, status: { startTime: "2026-11-23T11:00:00Z" } }),
    prowJob({ name: "three", spec: { job: "secret", hidden: true } }),
    prowJob({ name: "four", spec: { type: "periodic", job: "nightly", refs: undefined } }),
  ]);
  const get = deck({ jobs });

  test("shows newest first, and never a hidden job", async () => {
    const page = await text(get("/"));
    expect(page.indexOf("unit")).toBeLessThan(page.indexOf("lint"));
    expect(page).not.toContain("secret");
  });

  test.each([
    ["state=failure", ["one"]],
    ["job=li*", ["two"]],
    ["type=periodic", ["four"]],
    ["repo=acme/widgets&author=ALICE", ["one", "two"]],
    ["pull=8", []],
  ])("?%s", async (query, names) => {
    const page = await text(get(`/?${query}`));
    const shown = [...page.matchAll(/<tr id="job-(\w+)"/g)].map(([, name]) => name);
    expect(shown.sort()).toEqual([...names].sort());
  });

  test("what people wrote is text, never markup", async () => {
    const page = await text(get("/"));
    expect(page).toContain("Fix &lt;the&gt; thing");
    expect(await text(get("/?job=%22%3E%3Cscript%3E"))).not.toContain("<script>");
  });

  test("a link that is not plain web is shown as text", async () => {
    const evil = prowJob({ spec: { refs: { org: "a", repo: "b", repo_link: "javascript:alert(1)" } } });
    expect(await text(deck({ jobs: storeOf([evil]) })("/"))).not.toContain("javascript:");
  });

  test("only our own scripts may run", async () => {
    const policy = (await get("/")).headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
  });
});

describe("the page of a run", () => {
  const directory = "gs://results/pr-logs/pull/acme_widgets/7/unit/123";
  const storage = blobs({
    [`${directory}/build-log.txt`]: { text: "\x1b[32mok\x1b[0m one\nFAIL two\n", contentType: "text/plain" },
    [`${directory}/finished.json`]: { text: '{"result":"FAILURE","timestamp":1}' },
    [`${directory}/artifacts/page.html`]: { text: "<script>alert(1)</script>", contentType: "text/html" },
    [`${directory}/artifacts/a.bin`]: { text: "x", contentType: "application/octet-stream" },
    "gs://other/secret.txt": { text: "secret", contentType: "text/plain" },
  });
  const get = deck({ storage, jobs: storeOf([prowJob()]) });

  test.each(["/prowjob-view/a-job", "/view/gs/results/pr-logs/pull/acme_widgets/7/unit/123"])(
    "%s has log, error lines and artifacts",
    async (path) => {
      const page = await text(get(path));
      expect(page).toContain("<code>ok one</code>");
      expect(page).toMatch(/<li id="L2" class="error">/);
      expect(page).toContain('href="#L2"');
      expect(page).toContain("artifacts/");
    },
  );

  test("is there after its ProwJob has been cleaned up", async () => {
    const page = await text(deck({ storage })("/view/gs/results/pr-logs/pull/acme_widgets/7/unit/123"));
    expect(page).toContain("failure");
    expect(page).toContain("<code>ok one</code>");
  });

  test("is there whatever a job has written for times", async () => {
    const files = { "build-log.txt": "hello", "started.json": '{"timestamp": 1e300}', "finished.json": "{}" };
    const odd = Object.entries(files).map(([name, content]) => [
      `gs://results/logs/unit/1/${name}`,
      { text: content },
    ]);
    const page = await text(
      deck({ storage: blobs(Object.fromEntries(odd)) })("/view/gs/results/logs/unit/1"),
    );
    expect(page).toContain("<code>hello</code>");
  });

  test("an artifact never runs in deck's origin", async () => {
    const shown = await get(`/artifact/gs/results/pr-logs/pull/acme_widgets/7/unit/123/artifacts/page.html`);
    expect(shown.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(shown.headers.get("content-security-policy")).toContain("sandbox");
    const other = await get(`/artifact/gs/results/pr-logs/pull/acme_widgets/7/unit/123/artifacts/a.bin`);
    expect(other.headers.get("content-disposition")).toBe("attachment");
  });

  test.each([
    "/artifact/gs/other/secret.txt",
    "/artifact/gs/results/..%2f..%2fother/secret.txt",
    "/artifact/gs/results/%2e%2e/other/secret.txt",
    "/artifact/file/etc/passwd",
    "/artifact/gs/results/%zz",
  ])("%s is refused: only buckets of the configuration are served", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test("nothing stored there is a 404 that says so", async () => {
    const response = await get("/view/gs/results/logs/none/1");
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("Nothing is stored there");
  });
});

describe("tide and pull requests", () => {
  const snapshot: TideSnapshot = {
    time: "2026-11-23T11:59:50Z",
    pools: [
      {
        org: "acme",
        repo: "widgets",
        branch: "main",
        baseSHA: "b".repeat(40),
        action: "WAIT",
        target: [],
        blockers: [],
        tenantIDs: [],
        pulls: [
          {
            number: 7,
            title: "Fix it",
            author: "alice",
            headSHA: "a".repeat(40),
            mergeable: "MERGEABLE",
            state: "none",
            inPool: false,
            reasons: [
              { condition: "labels", text: "Needs lgtm label." },
              { condition: "labels", text: "Should not have do-not-merge/hold label." },
            ],
            missingJobs: [],
            contexts: [{ name: "unit", state: "failure", required: true }],
          },
        ],
      },
    ],
  };
  const get = deck({ tide: async () => snapshot, jobs: storeOf([prowJob()]) });

  test.each(["/tide", "/pr-history?org=acme&repo=widgets&pr=7", "/pr?query=is:pr+author:alice"])(
    "%s tells every reason",
    async (path) => {
      const page = await text(get(path));
      expect(page).toContain("Needs lgtm label.");
      expect(page).toContain("Should not have do-not-merge/hold label.");
    },
  );

  test("when tide cannot be reached the page says what to check", async () => {
    expect(await text(deck()("/tide"))).toContain("--tide-url");
  });
});

describe("plugin help", () => {
  const help = {
    AllRepos: ["acme/widgets"],
    RepoPlugins: { "": ["hold"], acme: ["hold"] },
    RepoExternalPlugins: null,
    ExternalPluginHelp: null,
    PluginHelp: {
      hold: {
        Description: 'First.<br>See <a href="https://docs">here</a> <b>or</b> <a href="javascript:x">not</a>',
        Config: { "acme/widgets": "Holds." },
        Events: [],
        Commands: [
          {
            Usage: "/hold",
            Featured: false,
            Description: "Holds it.",
            Examples: ["/hold cancel"],
            WhoCanUse: "Anyone",
          },
        ],
      },
    },
  };
  const get = deck({ pluginHelp: async () => help });

  test("commands of a repository, with who may use them", async () => {
    const page = await text(get("/command-help?repo=acme/widgets"));
    expect(page).toContain("<code>/hold</code>");
    expect(page).toContain("Anyone");
  });

  test("line breaks and links of a text are kept, other markup is shown as text", async () => {
    const page = await text(get("/plugins?repo=acme/widgets"));
    expect(page).toContain('First.<br>See <a href="https://docs">here</a> &lt;b&gt;or&lt;/b&gt; not');
    expect(page).toContain("Holds.");
  });
});

describe("Prow's addresses", () => {
  const get = deck({
    jobs: storeOf([prowJob({ spec: { pod_spec: { containers: [{ name: "a" }, { name: "b" }] } } })]),
  });

  test("/prowjobs.js leaves out what is asked for and keeps the number of containers", async () => {
    const response = await get("/prowjobs.js?omit=labels,pod_spec,decoration_config");
    const { items } = (await response.json()) as { items: ProwJob[] };
    expect(items[0]?.spec.pod_spec?.containers).toHaveLength(2);
    expect(items[0]?.spec.pod_spec?.containers[0]?.name).toBe("");
    expect(items[0]?.spec.decoration_config).toBeUndefined();
  });

  test("/prowjobs.js is made once a second for all who ask for the same", async () => {
    let now = NOW;
    const jobs = [prowJob({ name: "first" })];
    const clock = { now: () => now, sleep: async () => {} };
    const ask = deck({ jobs: storeOf(jobs), clock });
    const names = async (query = "") => {
      const { items } = (await (await ask(`/prowjobs.js${query}`)).json()) as { items: ProwJob[] };
      return items.map(({ metadata }) => metadata.name).sort();
    };
    expect(await names()).toEqual(["first"]);
    jobs.push(prowJob({ name: "second" }));
    expect(await names("?omit=nothing-known")).toEqual(["first"]);
    expect(await names("?omit=labels")).toEqual(["first", "second"]);
    now = new Date(NOW.getTime() + 1_001);
    expect(await names()).toEqual(["first", "second"]);
  });

  test("a stored run is found at once among 20,000 jobs", async () => {
    const jobs = Array.from({ length: 20_000 }, (_, i) =>
      prowJob({ name: `job-${i}`, status: { build_id: String(1_000 + i) } }),
    );
    const ask = deck({ jobs: storeOf(jobs) });
    const started = performance.now();
    const found = await ask("/view/gs/results/pr-logs/pull/acme_widgets/7/unit/20999");
    expect(await found.text()).toContain("/prowjob?prowjob=job-19999");
    expect(performance.now() - started).toBeLessThan(500);
  });

  test("?var wraps it in a script; a name that is no name is refused", async () => {
    expect(await text(get("/prowjobs.js?var=allBuilds"))).toMatch(/^var allBuilds = \{.*\};$/s);
    expect((await get("/prowjobs.js?var=a;alert(1)")).status).toBe(400);
  });

  test("/prowjob is YAML, /badge.svg red only for a failure", async () => {
    expect(await text(get("/prowjob?prowjob=a-job"))).toContain("job: unit");
    expect((await get("/prowjob?prowjob=none")).status).toBe(404);
    const done = { completionTime: "2026-11-23T11:59:30Z" };
    const badge = (state: "failure" | "error") =>
      text(deck({ jobs: storeOf([prowJob({ status: { ...done, state } })]) })("/badge.svg?jobs=uni*"));
    expect(await badge("failure")).toContain("failing unit");
    expect(await badge("error")).toContain("passing");
    expect((await get("/badge.svg")).status).toBe(400);
  });

  test.each([
    ["/plugin-help", "/command-help"],
    ["/pr-history/?org=a&repo=b&pr=1", "/pr-history?org=a&repo=b&pr=1"],
    ["/job-history/gs/results/pr-logs/directory/unit", "/?job=unit"],
    ["/view/prowjob/unit/123", "/prowjob-view/a-job"],
    ["/data.js?var=x", "/prowjobs.js?var=x"],
  ])("%s leads to %s", async (old, now) => {
    expect((await get(old)).headers.get("location")).toBe(now);
  });

  test("an address of Prow's that decodes to nothing is not found", async () => {
    expect((await get("/job-history/gs/%E0%A4%A")).status).toBe(404);
  });

  test("a broken configuration is told on every page, and in full on its own", async () => {
    const problem = (line: number, message: string, level: "error" | "warning" = "error") => ({
      level,
      message,
      path: [],
      file: "jobs/a.yaml",
      line,
      column: 7,
      excerpt: `- name: <job ${line}>\n      ^`,
    });
    const loaded = new Date(NOW.getTime() - 3_600_000);
    const since = new Date(NOW.getTime() - 60_000);
    const problems = [
      problem(3, "no <such> field"),
      problem(9, "a second one"),
      problem(12, "hm", "warning"),
    ];
    const get = deck({
      configStatus: () => ({
        config: { current: false, since, loaded, problems },
        plugins: { current: true, since: loaded, loaded, problems: [] },
      }),
    });
    const front = await text(get("/"));
    expect(front).toContain("jobs/a.yaml:3:7: no &lt;such&gt; field (and 1 more)");
    expect(front).toContain('href="/config-status"');
    const page = await text(get("/config-status"));
    expect(page).toMatch(/not in force<\/span> since .*1 min 0 s ago.*loaded .*1 h 0 min ago/);
    for (const words of [
      "jobs/a.yaml:9:7",
      "- name: &lt;job 9&gt;",
      "What is wrong (2)",
      "What may not be meant (1)",
    ])
      expect(page).toContain(words);
    expect(page).toMatch(/Plugins<\/h2>\s*<p><span class="state success">/);
  });

  test("a good configuration needs no banner", async () => {
    expect(await text(get("/"))).not.toContain("not in force");
    expect(await text(get("/config-status"))).toContain("No problems.");
  });
});

describe("live", () => {
  test("a job that changes arrives as a row, if it matches the filter", async () => {
    const jobs = storeOf([]);
    const abort = new AbortController();
    const response = await deck({ jobs })("/job-events?state=failure", { signal: abort.signal });
    jobs.change(prowJob({ name: "green" }));
    jobs.change(prowJob({ name: "red", status: { state: "failure" } }));
    const reader = response.body!.getReader();
    let received = "";
    while (!received.includes("job-red")) received += new TextDecoder().decode((await reader.read()).value);
    abort.abort();
    expect(received).toContain("event: row");
    expect(received).not.toContain("job-green");
  });
});
