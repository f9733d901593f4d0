// A thousand callers in several processes have one token fetched for them, with clocks that differ from GitHub's, and one
// more when it is revoked.
import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { connectGitHub } from "../../src/github/client.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { SharedError } from "../../src/shared/error.ts";
import { memoryShared } from "../../src/shared/memory.ts";
import type { Shared } from "../../src/shared/port.ts";
import { httpServer } from "../lib/http-server.ts";
import { testGitHub } from "../local/github/world.ts";
import { pr, tool } from "./world.ts";

const PROCESSES = 4;
const CALLERS = 1_000;
const { privateKey: key } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A GitHub that takes its time, and knows which of its tokens are good. */
async function gitHub() {
  const made: { body: unknown; token: string }[] = [];
  const revoked = new Set<string>();
  const server = await httpServer(async (request, response) => {
    const answer = (status: number, value: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    let text = "";
    for await (const chunk of request) text += chunk;
    await systemClock.sleep(50);
    if (request.url?.startsWith("/app/installations?"))
      return answer(200, [{ id: 1, account: { login: "acme" } }]);
    if (request.method === "POST") {
      const token = `ghs_${made.length}`;
      made.push({ token, body: text ? JSON.parse(text) : undefined });
      return answer(201, { token, expires_at: new Date(Date.now() + 3_600_000).toISOString() });
    }
    const token = String(request.headers.authorization).replace("token ", "");
    return revoked.has(token) ? answer(401, { message: "Bad credentials" }) : answer(200, []);
  });
  closing.push(() => server.close());
  return { url: server.url, made, revoked };
}

const processOf = (url: string, shared?: Shared) =>
  connectGitHub({
    ...{ endpoints: [url], graphqlEndpoint: `${url}/graphql`, log: silent, clock: systemClock, shared },
    auth: { appId: "42", privateKey: key },
  });

const several = (url: string, shared?: Shared) =>
  Array.from({ length: PROCESSES }, () => processOf(url, shared));

/** What all callers are given, together. */
async function tokens(processes: ReturnType<typeof several>): Promise<Set<string>> {
  const asked = Array.from({ length: CALLERS }, (_, n) => processes[n % PROCESSES]!.gitToken(tool));
  return new Set(await Promise.all(asked));
}

describe("a token of an App's installation", () => {
  it("is fetched once for a thousand callers of several processes", async () => {
    const { url, made } = await gitHub();
    expect(await tokens(several(url, memoryShared({ clock: systemClock })))).toEqual(new Set(["ghs_0"]));
    expect(made).toHaveLength(1);
  });

  it("is each process' own where nothing can be shared, and nobody waits for it", async () => {
    const { url, made } = await gitHub();
    const gone = () => Promise.reject(new SharedError("Redis: gone"));
    const nothing = { ...memoryShared({ clock: systemClock }), get: gone, put: gone, peek: gone, swap: gone };
    await tokens(several(url, nothing));
    expect(made).toHaveLength(PROCESSES);
  });

  it("that is revoked is replaced once, however many were refused with it", async () => {
    const { url, made, revoked } = await gitHub();
    const processes = several(url, memoryShared({ clock: systemClock }));
    await tokens(processes);
    revoked.add("ghs_0");
    const reads = Array.from({ length: 80 }, (_, n) =>
      processes[n % PROCESSES]!.read.issueLabels({ ...pr, number: n }),
    );
    await Promise.all(reads);
    expect(made).toHaveLength(2);
    expect(await tokens(processes)).toEqual(new Set(["ghs_1"]));
  });

  it("is narrowed to the one repository for whoever is to have no more", async () => {
    const { url, made } = await gitHub();
    const [one, other] = several(url, memoryShared({ clock: systemClock }));
    const narrow = await one!.relay.token(tool);
    expect(await other!.relay.token(tool)).toBe(narrow);
    expect(await one!.gitToken(tool)).not.toBe(narrow);
    expect(made.map(({ body }) => body)).toEqual([{ repositories: ["tool"] }, undefined]);
  });

  it.each([-60, 60])("is had with a clock that is %i s off GitHub's", async (seconds) => {
    const theirs = { ...systemClock, now: () => new Date(Date.now() + seconds * 1_000) };
    const app = {
      ...{
        name: "Cutwater",
        owner: "acme",
        id: 42,
        key,
        webhook_secret: "s",
        hook_url: "http://127.0.0.1:9/",
      },
      ...{ permissions: { issues: "write", metadata: "read" }, events: [] },
      installations: [{ account: "acme" }],
    };
    const github = await testGitHub({ clock: theirs, extra: { apps: [app] } });
    closing.push(() => github.close());
    const { read } = processOf(github.url);
    expect(await read.botLogin()).toBe("cutwater[bot]");
    expect(await read.repository({ org: "acme", repo: "lib" })).toMatchObject({ default_branch: "main" });
  });
});
