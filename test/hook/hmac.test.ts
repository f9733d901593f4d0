// Which of many webhook secrets a signature is made with: found without parsing, and without trying them all.
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { matchingTokens, type Secrets } from "../../src/hook/hmac.ts";
import { inRounds } from "../../src/lib/waiting/in-rounds.ts";

const secrets: Secrets = {
  tokens: new Map([
    ...Array.from({ length: 500 }, (_, i): [string, string[]] => [`org${i}`, [`secret ${i}`, `old ${i}`]]),
    ["Org7/own", ["secret of its own"]],
    ["*", ["secret of the rest"]],
  ]),
};
const found = async (body: string | Buffer, secret: string) => {
  const bytes = Buffer.from(body);
  const signature = createHmac("sha256", secret).update(bytes).digest();
  return [...(await matchingTokens(secrets, signature, bytes, inRounds(2)))];
};

const inFork = { full_name: "stranger/tool", owner: { login: "stranger" } };
const repository = (full_name: string) => ({ id: 1, name: "x", full_name, owner: { login: "y" } });
test.each([
  [
    "of its org",
    { action: "opened", pull_request: { head: { repo: inFork } }, repository: repository("org7/x") },
    "secret 7",
  ],
  ["of its org, the one that is going", { repository: repository("org7/x") }, "old 7"],
  ["of its own", { repository: repository("org7/own") }, "secret of its own"],
  ["of the org that it is about", { organization: { login: "org9", id: 1 } }, "secret 9"],
  [
    "of the org, after many repositories",
    {
      repositories_added: Array.from({ length: 20 }, (_, n) => ({ id: n, full_name: `org9/tool${n}` })),
      organization: { login: "org8", id: 1 },
    },
    "secret 8",
  ],
  ["of the rest", { repository: repository("nobody/x") }, "secret of the rest"],
  ["of the rest, about nobody", { zen: "Keep it logically awesome." }, "secret of the rest"],
])("the secret %s", async (_, payload, secret) => {
  expect(await found(JSON.stringify(payload), secret)).toEqual([secret]);
  expect(await found(JSON.stringify(payload, null, 2), secret)).toEqual([secret]);
});

test("no secret of another's, and none for a name that somebody has only written", async () => {
  const payload = { comment: { body: '"full_name":"org3/x"' }, repository: repository("org7/x") };
  expect(await found(JSON.stringify(payload), "secret 3")).toEqual([]);
});

test.each([
  ["nothing", Buffer.alloc(25_000_000, 97)],
  [
    "what names many",
    Buffer.from(Array.from({ length: 700_000 }, (_, i) => `"full_name":"org${i % 500}/x",`).join("")),
  ],
  ["what names none", Buffer.from('"full_name"x'.repeat(2_000_000))],
])("25 MB of %s take no time for all secrets", async (_, bytes) => {
  const { user } = process.cpuUsage();
  expect(await found(bytes, "guessed")).toEqual([]);
  expect((process.cpuUsage().user - user) / 1_000).toBeLessThan(1_500);
});
