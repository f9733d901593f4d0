// What processes that sign in as the same App share: tokens, sealed; answers by ETag; and what becomes of it without.
import { generateKeyPairSync } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { SharedError } from "../../src/shared/error.ts";
import { memoryShared } from "../../src/shared/memory.ts";
import type { Shared } from "../../src/shared/port.ts";
import { API, connect, github, pr, testClock, tool } from "./world.ts";

const newKey = () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
};
const auth = { appId: "42", privateKey: newKey() };
const token = (value: string) => ({ token: value, expires_at: "2025-06-01T13:00:00Z" });
const installed = [{ id: 1, account: { login: "acme" } }];

const clock = testClock();
let stored: string[];
let shared: Shared;

beforeEach(() => {
  stored = [];
  const place = memoryShared({ clock });
  shared = {
    ...place,
    put: (key, value, forMs) => {
      stored.push(`${key}=${value}`);
      return place.put(key, value, forMs);
    },
    swap: (key, before, after, forMs) => {
      stored.push(`${key}=${after}`);
      return place.swap(key, before, after, forMs);
    },
  };
});

const listed = () => github(API).get("/app/installations?per_page=100").reply(200, installed);
const made = (value: string) =>
  github(API).post("/app/installations/1/access_tokens").reply(201, token(value));

describe("processes of one App", () => {
  it("fetch a token once, and leave it where they share readable for nobody else", async () => {
    listed();
    made("ghs_canary");
    expect(await connect({ auth, clock, shared }).gitToken(tool)).toBe("ghs_canary");
    expect(await connect({ auth, clock, shared }).gitToken(tool)).toBe("ghs_canary");
    expect(stored.join("\n")).toContain("token 42 acme/");
    const bytes = stored.map((text) => Buffer.from(text.slice(text.indexOf("=") + 1), "base64").toString());
    expect([...stored, ...bytes].join("\n")).not.toContain("canary");
    listed();
    made("ghs_other");
    const stranger = { ...auth, privateKey: newKey() };
    expect(await connect({ auth: stranger, clock, shared }).gitToken(tool)).toBe("ghs_other");
  });

  it("forget a token that GitHub refuses, all of them", async () => {
    listed();
    made("revoked");
    const one = connect({ auth, clock, shared });
    const other = connect({ auth, clock, shared });
    await one.gitToken(tool);
    await other.gitToken(tool);
    github(API, { headers: { authorization: "token revoked" } })
      .get(/labels/)
      .times(2)
      .reply(401, {});
    made("fresh");
    github(API, { headers: { authorization: "token fresh" } })
      .get(/labels/)
      .times(2)
      .reply(200, []);
    expect(await one.read.issueLabels(pr)).toEqual([]);
    // It finds the new one there.
    expect(await other.read.issueLabels(pr)).toEqual([]);
  });

  it("use each other's answers, once GitHub has said that they hold", async () => {
    const bot = { token: async () => "t0ken" };
    github(API)
      .get(/labels/)
      .reply(200, [{ name: "a" }], { etag: '"1"' });
    const first = await connect({ auth: bot, clock, shared }).read.issueLabels(pr);
    github(API, { headers: { "if-none-match": '"1"' } })
      .get(/labels/)
      .reply(304);
    expect(await connect({ auth: bot, clock, shared }).read.issueLabels(pr)).toEqual(first);
  });

  it("work on when nothing can be shared", async () => {
    const gone = () => Promise.reject(new SharedError("Redis: gone"));
    const nothing: Shared = { ...shared, get: gone, put: gone, swap: gone };
    listed();
    made("ghs_1");
    github(API)
      .get(/labels/)
      .reply(200, [{ name: "a" }], { etag: '"1"' });
    const one = connect({ auth, clock, shared: nothing });
    expect(await one.read.issueLabels(pr)).toHaveLength(1);
    github(API, { headers: { "if-none-match": '"1"' } })
      .get(/labels/)
      .reply(304);
    expect(await one.read.issueLabels(pr)).toHaveLength(1);
  });
});
