// Tools that ask the world: GitHub for what flags do not say, a cluster to run a job, a file that plank wrote.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkconfig } from "../../src/cmd/checkconfig.ts";
import { mkpj } from "../../src/cmd/mkpj.ts";
import { loadYAML } from "../../src/lib/yaml/load.ts";
import { type HTTPServer, httpServer } from "../lib/http-server.ts";
import { run } from "./tool-run.ts";

const directory = mkdtempSync(join(tmpdir(), "cutwater-tools-world-"));
function at(name: string, text: string): string {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

const user = { login: "ada", id: 1, type: "User" };
const repo = {
  name: "knots",
  full_name: "harbour/knots",
  owner: { login: "harbour", id: 2, type: "Organization" },
  html_url: "https://github.com/harbour/knots",
  default_branch: "main",
  private: false,
  archived: false,
};
const pull = {
  number: 3,
  title: "t",
  state: "open",
  body: "",
  user,
  html_url: "https://github.com/harbour/knots/pull/3",
  head: { ref: "topic", sha: "headsha", repo },
  base: { ref: "main", sha: "basesha", repo },
  labels: [],
  assignees: [],
  requested_reviewers: [],
  draft: false,
  merged: false,
  mergeable: true,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
};

const JOBS = "/apis/prow.k8s.io/v1/namespaces/prow/prowjobs";
/** What the servers answer, by method and path; and what they were sent. */
const answers = new Map<string, object>([
  ["GET /repos/harbour/knots/pulls/3", pull],
  ["GET /repos/harbour/knots/git/ref/heads/main", { object: { sha: "branchsha" } }],
  ["GET /orgs/harbour/repos", [repo, { ...repo, name: "old", full_name: "harbour/old", archived: true }]],
]);
const sent: { key: string; body: string }[] = [];
let server: HTTPServer;
let url = "";

beforeAll(async () => {
  server = await httpServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const key = `${request.method} ${request.url!.split("?")[0]}`;
    const body = Buffer.concat(chunks).toString();
    sent.push({ key, body });
    const made = key === `POST ${JOBS}` ? (JSON.parse(body) as { metadata: { name: string } }) : undefined;
    if (made) answers.set(`GET ${JOBS}/${made.metadata.name}`, { ...made, status: { state: "failure" } });
    const answer = made ?? answers.get(key);
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { message: "Not Found" }));
  });
  url = server.url;
});
afterAll(() => server.close());

const fixtures = join(import.meta.dirname, "../fixtures/tools/old");
const CONFIG = ["--config-path", `${fixtures}/config.yaml`, "--job-config-path", `${fixtures}/jobs`];
const asking = () => ["--github-endpoint", url, "--github-token-path", at("token", "t")];

describe("mkpj asks GitHub for what is missing", () => {
  test("of a pull request", async () => {
    const { code, out, err } = await run(mkpj, [...CONFIG, ...asking(), "--job=unit", "--pull-number=3"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(loadYAML(out)).toMatchObject({
      spec: {
        refs: {
          base_ref: "main",
          base_sha: "basesha",
          pulls: [{ number: 3, author: "ada", sha: "headsha" }],
        },
      },
    });
  });

  test("but what is said counts", async () => {
    const said = ["--pull-number=3", "--pull-sha=mine", "--base-ref=v1"];
    const { out } = await run(mkpj, [...CONFIG, ...asking(), "--job=unit", ...said]);
    expect(loadYAML(out)).toMatchObject({ spec: { refs: { base_ref: "v1", pulls: [{ sha: "mine" }] } } });
  });

  test("of a branch", async () => {
    const { out } = await run(mkpj, [...CONFIG, ...asking(), "--job=publish", "--base-ref=main"]);
    expect(loadYAML(out)).toMatchObject({ spec: { refs: { base_sha: "branchsha" } } });
  });
});

test("mkpj --trigger-job creates the ProwJob and waits for its end", async () => {
  const kubeconfig = at(
    "kubeconfig",
    `apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "${url}"}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
users: [{name: u, user: {token: t}}]
`,
  );
  const argv = [...CONFIG, "--job=nightly", "--trigger-job", "--kubeconfig", kubeconfig];
  const waited = await run(mkpj, argv);
  expect(waited).toMatchObject({ code: 0, out: "state: failure\n" });
  expect(waited.err).toMatch(/^submitted the prowjob prow\/\S+, waiting for its result\n$/);
  expect((await run(mkpj, [...argv, "--fail-with-job"])).code).toBe(1);
  expect(sent.filter(({ key }) => key === `POST ${JOBS}`)).toHaveLength(2);
});

test("checkconfig --warnings=verify-owners-presence looks into every repository that is not archived", async () => {
  const argv = [...CONFIG, "--plugin-config", `${fixtures}/plugins.yaml`, ...asking()];
  const { code, out } = await run(checkconfig, [...argv, "--warnings=verify-owners-presence", "--strict"]);
  expect(code).toBe(1);
  expect(out).toContain(
    "does not contain a root level OWNERS file: [harbour/knots] [verify-owners-presence]",
  );
});

test("checkconfig reads what plank wrote of its clusters", async () => {
  const config = (file: string) => at("config.yaml", `plank: {build_cluster_status_file: ${file}}\n`);
  const jobs = at(
    "jobs.yaml",
    "periodics: [{name: p, interval: 1h, cluster: far, spec: {containers: [{image: i}]}}]",
  );
  const check = (file: string) =>
    run(checkconfig, [
      "--config-path",
      config(file),
      "--job-config-path",
      jobs,
      "--warnings=validate-cluster-field",
    ]);
  const known = await check(at("status.json", '{"default":"Reachable"}'));
  expect(known.out).toContain("specifies unknown 'cluster' value \"far\" (known are default)");
  expect((await check(join(directory, "absent.json"))).out).toContain("before plank creates the file");
  expect((await check(at("bad.json", "{"))).out).toContain("error reading build cluster status file");
});

describe("checkconfig --prow-yaml-repo-name", () => {
  const check = (...argv: string[]) =>
    run(checkconfig, [...CONFIG, "--prow-yaml-repo-name=harbour/knots", ...argv]);

  test("a good one, a bad one, one that the central configuration has", async () => {
    const job = (name: string, more = "") =>
      `presubmits: [{name: ${name}, ${more}decorate: true, spec: {containers: [{image: i, command: [c]}]}}]`;
    expect((await check("--prow-yaml-path", at("good/.prow.yaml", job("own")))).code).toBe(0);
    const bad = await check("--prow-yaml-path", at("bad/.prow.yaml", job("own", "cluster: far, ")));
    expect([bad.code, bad.out.includes("is not allowed for repository")]).toEqual([1, true]);
    const twice = await check(
      "--prow-yaml-path",
      at("twice/.prow/a.yaml", job("unit")).replace("/a.yaml", ""),
    );
    expect([twice.code, twice.out.includes("unit")]).toEqual([1, true]);
  });

  test("unknown fields count with unknown-fields-all", async () => {
    const path = at("odd/.prow.yaml", "presubmitts: []\n");
    expect((await check("--prow-yaml-path", path)).code).toBe(0);
    expect((await check("--prow-yaml-path", path, "--warnings=unknown-fields-all")).code).toBe(1);
  });
});
