// `cutwater up` is all of it: external plugins of ours that plugins.yaml lists without an endpoint run there, too.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Host } from "../../src/cmd/command.ts";
import { up } from "../../src/cmd/up.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { parseFlags } from "../../src/lib/flags.ts";
import { freePort } from "../contracts/free-port.ts";
import { commit, openPull, type TestGitHub, testGitHub } from "../local/github/world.ts";
import { eventually, lib, robot, SECRET } from "./external-plugin.ts";

const files = {
  hmac: SECRET,
  token: "robot-token",
  "config.yaml": "prowjob_namespace: default\npod_namespace: test-pods\n",
  "plugins.yaml": "external_plugins: { acme/lib: [{ name: cherrypicker }, { name: refresh }] }\n",
};

let directory: string;
let github: TestGitHub;
let ended: Promise<number>;
const stop = new AbortController();
const lines: string[] = [];
const alice = () => github.as("alice");

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cutwater-up-"));
  github = await testGitHub({ extra: robot });
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const url = `http://127.0.0.1:${await freePort()}`;
  const args = [
    `--port=${new URL(url).port}`,
    ...["--config-path=DIR/config.yaml", "--plugin-config=DIR/plugins.yaml", "--data=DIR/data"],
    ...["--hmac-secret-file=DIR/hmac", "--github-token-path=DIR/token"],
    ...[`--github-endpoint=${github.url}`, `--github-graphql-endpoint=${github.url}/graphql`],
    `--github-host=${github.url}`,
  ].map((arg) => arg.replace("DIR", directory));
  const host: Host = {
    env: { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null" },
    cwd: directory,
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    errIsTerminal: false,
    onWarning: () => {},
    clock: systemClock,
    random: Math.random,
    signal: stop.signal,
  };
  ended = up.run(parseFlags(up.flags, args), host);
  await Promise.race([
    ended,
    eventually(async () => lines.find((line) => line.includes("Cutwater is running")), log),
  ]);
  await github.admin("seed", { hooks: [{ scope: "acme", url: `${url}/hook`, secret: SECRET }] });
});

afterAll(async () => {
  stop.abort();
  await ended;
  await github.close();
  await rm(directory, { recursive: true, force: true });
});

const log = () => lines.join("\n");
const say = (issue_number: number, body: string) =>
  alice().issues.createComment({ ...lib, issue_number, body });

test("cherrypicker picks", async () => {
  const { data } = await alice().git.getRef({ ...lib, ref: "heads/main" });
  await alice().git.createRef({ ...lib, ref: "refs/heads/v1", sha: data.object.sha });
  await commit(alice(), lib, "main", "main-only.txt", "main\n");
  await alice().repos.addCollaborator({ ...lib, username: "robot", permission: "triage" });
  const pr = await openPull(alice(), "fix", "src/a.txt", "ONE\ntwo\nthree\n");
  await alice().pulls.merge({ ...lib, pull_number: pr.number });
  await say(pr.number, "/cherrypick v1");
  const told = await eventually(async () => {
    const { data: comments } = await alice().issues.listComments({ ...lib, issue_number: pr.number });
    return comments.find(({ user }) => user?.login === "robot")?.body;
  }, log);
  expect(told).toMatch(/^@alice: new pull request created: #\d+/);
});

test("refresh asks deck of the same process", async () => {
  const pr = await openPull(alice(), "other", "src/a.txt", "1\n");
  await say(pr.number, "/refresh");
  const line = await eventually(async () => lines.find((each) => each.includes("No prowjobs found.")), log);
  expect(JSON.parse(line)).toMatchObject({ component: "refresh" });
  expect(log()).not.toContain("Error dispatching event to external plugin");
});
