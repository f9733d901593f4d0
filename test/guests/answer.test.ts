// A guest beside a token of ours asks by a repository's number: GitHub says whose that is, not the payload.
import { describe, expect, it } from "vitest";
import type { GitHubRelay } from "../../src/github/port.ts";
import { answering } from "../../src/guests/answer.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";

const LIB = { status: 200, text: '{"id": 7}' };

/** acme/lib is number 7. What the guest is answered, and what GitHub was asked. */
async function ask(method: string, path: string, { narrows = false, lib = LIB } = {}) {
  const sent: string[] = [];
  const relay: GitHubRelay = {
    narrows,
    token: async () => undefined,
    async send(_repo, request) {
      sent.push(`${request.method} ${request.path}`);
      const { status, text } = request.path === "/repos/acme/lib" ? lib : { status: 201, text: "{}" };
      return { status, headers: {}, body: new TextEncoder().encode(text) };
    },
  };
  const answer = answering({ relay, clock: systemClock, log: silent, dryRun: false });
  const where = { org: "acme", repo: "lib" };
  const told = await answer(1, where, { request: { method, path, headers: {} } });
  return [told.kind === "answer" ? told.status : told.kind, ...sent];
}

describe("a repository's number", () => {
  it.each(["GET", "POST", "DELETE"])("that is another's is refused to %s", async (method) => {
    expect(await ask(method, "/repositories/8/issues/1/labels")).toEqual([403, "GET /repos/acme/lib"]);
    expect(await ask(method, "/x/../repositories/8/issues")).toEqual([403, "GET /repos/acme/lib"]);
  });

  it("that is its own is as good as its name, as on further pages", async () => {
    const [next, lookUp] = ["/repositories/7/issues?page=2", "GET /repos/acme/lib"];
    expect(await ask("GET", next)).toEqual([201, lookUp, `GET ${next}`]);
    expect(await ask("POST", "/repositories/7/issues")).toEqual([201, lookUp, "POST /repositories/7/issues"]);
  });

  it("needs no look where GitHub itself holds the guest to the repository, to read", async () => {
    const next = "/repositories/7/issues?page=2";
    expect(await ask("GET", next, { narrows: true })).toEqual([201, `GET ${next}`]);
    expect(await ask("POST", "/repositories/8/issues", { narrows: true })).toEqual([
      403,
      "GET /repos/acme/lib",
    ]);
  });

  it("can be asked for again when GitHub could not say whose it is", async () => {
    const lib = { status: 502, text: "<html>" };
    expect(await ask("GET", "/repositories/7/issues", { lib })).toEqual([502, "GET /repos/acme/lib"]);
  });
});
