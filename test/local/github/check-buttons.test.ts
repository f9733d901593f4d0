// Buttons of check runs: only the App that reported the run is told, and only who may push presses them.
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HTTPServer, httpServer } from "../../lib/http-server.ts";
import { commit, lib, type TestGitHub, testGitHub } from "./world.ts";

type Told = { app: string; event: string; payload: Record<string, unknown> };

let github: TestGitHub;
let sink: HTTPServer;
let ci: Octokit;
const told: Told[] = [];
const permissions = { checks: "write", contents: "read" };

beforeAll(async () => {
  github = await testGitHub();
  sink = await httpServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const event = String(request.headers["x-github-event"]);
      told.push({ app: request.url!.slice(1), event, payload: JSON.parse(body) });
      response.end();
    });
  });
  const apps = ["ci", "other"].map((name) => ({
    ...{ name, owner: "alice", permissions, installations: [{ account: "acme" }] },
    ...{ events: ["check_run", "check_suite"], hook_url: `${sink.url}/${name}` },
  }));
  const made = (await github.admin("seed", { apps })) as { apps: { id: number; pem: string }[] };
  const asApp = new Octokit({
    baseUrl: github.url,
    authStrategy: createAppAuth,
    auth: { appId: made.apps[0]!.id, privateKey: made.apps[0]!.pem },
  });
  const { data: installation } = await asApp.apps.getOrgInstallation({ org: "acme" });
  ci = new Octokit({
    baseUrl: github.url,
    authStrategy: createAppAuth,
    auth: { appId: made.apps[0]!.id, privateKey: made.apps[0]!.pem, installationId: installation.id },
  });
});
afterAll(async () => {
  await github.close();
  sink.close();
});

describe("a check run with a button", () => {
  let id: number;
  let sha: string;
  const press = (who: string, identifier: string) =>
    fetch(`${github.url}/acme/lib/runs/${id}`, {
      method: "POST",
      redirect: "manual",
      headers: { "sec-fetch-site": "same-origin", cookie: `who=${who}` },
      body: new URLSearchParams({ identifier }),
    });
  const heard = async () => {
    await github.settled();
    return told
      .splice(0)
      .map(
        ({ app, event, payload }) =>
          `${app} ${event}.${payload["action"]} by ${(payload["sender"] as { login: string }).login}`,
      );
  };

  beforeAll(async () => {
    sha = await commit(github.as("alice"), lib, "main", "x.txt", "x\n");
    const actions = [{ label: "Cancel", description: "Stop it", identifier: "cancel" }];
    ({ id } = (
      await ci.checks.create({ ...lib, name: "unit", head_sha: sha, external_id: "job-1", actions })
    ).data);
    await heard();
  });

  test("tells its own App which button was pressed, and by whom", async () => {
    expect((await press("bob", "cancel")).status).toBe(303);
    await github.settled();
    expect(told[0]!.payload).toMatchObject({
      requested_action: { identifier: "cancel" },
      check_run: { external_id: "job-1", head_sha: sha, app: { slug: "ci" } },
    });
    expect(await heard()).toEqual(["ci check_run.requested_action by bob"]);
  });

  test("can be had again, alone or with its suite", async () => {
    const { data } = await ci.checks.update({ ...lib, check_run_id: id, conclusion: "failure", actions: [] });
    await heard();
    await press("carol", "");
    expect(await heard()).toEqual(["ci check_run.rerequested by carol"]);
    await github.as("bob").checks.rerequestRun({ ...lib, check_run_id: id });
    expect(await heard()).toEqual(["ci check_run.rerequested by bob"]);
    await github.as("bob").checks.rerequestSuite({ ...lib, check_suite_id: data.check_suite!.id });
    expect(await heard()).toEqual(["ci check_suite.rerequested by bob"]);
  });

  test("a button that is not there, or pressed by who may not push, does nothing", async () => {
    expect((await press("bob", "cancel")).status).toBe(404);
    expect((await press("mallory", "")).status).toBe(403);
    expect(await heard()).toEqual([]);
  });

  test("lists its annotations", async () => {
    const annotations = [
      { path: "src/a.txt", start_line: 2, end_line: 3, annotation_level: "warning", message: "m" } as const,
    ];
    const output = { title: "t", summary: "s", annotations };
    await ci.checks.update({ ...lib, check_run_id: id, output });
    const listed = await ci.checks.listAnnotations({ ...lib, check_run_id: id });
    expect(listed.data).toMatchObject(annotations);
  });
});
