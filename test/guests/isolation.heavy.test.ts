// What a Probot app does to itself stays with it: hook goes on, other apps go on, and no delivery of theirs is lost.
import { beforeEach, describe, expect, it } from "vitest";
import type { GitHubRelay } from "../../src/github/port.ts";
import { GuestError } from "../../src/guests/error.ts";
import { type GuestsOptions, probotGuests } from "../../src/guests/guests.ts";
import type { Guest } from "../../src/guests/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { APPS, recorder } from "./world.ts";

const repo = { org: "acme", repo: "tool" };
const vandal: Guest = { name: "vandal", probot: "./vandal.js" };
const autoresponder: Guest = { name: "autoresponder", probot: "./autoresponder.js" };
const limits = { deliveryMs: 6_000, silentMs: 2_500, checkMs: 100, memoryMb: 300, heapMb: 100 };

let requests: string[];
let status: number;
let { log, said } = recorder();

beforeEach(() => {
  requests = [];
  status = 201;
  ({ log, said } = recorder());
});

const relay: GitHubRelay = {
  narrows: true,
  token: async () => "t",
  async send(_repo, { method, path, body }) {
    requests.push(`${method} ${path} ${body}`);
    const headers = { "content-type": "application/json" };
    return { status, headers, body: new TextEncoder().encode('{"message": "said"}') };
  },
};

async function running(
  test: (
    receive: (guest: Guest, title: string, guid?: string, name?: string) => Promise<unknown>,
  ) => Promise<void>,
  more: Partial<GuestsOptions> = {},
) {
  const guests = probotGuests({
    relay,
    endpoint: "https://api.github.com",
    directory: APPS,
    env: {},
    mayAct: () => true,
    dryRun: false,
    clock: systemClock,
    log,
    limits,
    backOff: { firstMs: 20, longestMs: 100 },
    ...more,
  });
  let count = 0;
  try {
    await test(async (guest, title, guid = `guid-${++count}`, name = repo.repo) => {
      const repository = { id: 1, name, full_name: `acme/${name}`, owner: { login: "acme" } };
      const body = JSON.stringify({ action: "opened", repository, issue: { number: 7, title }, sender: {} });
      return guests.receive(guest, { guid, event: "issues", body }, { ...repo, repo: name }).then(
        () => "done",
        (error: unknown) => error,
      );
    });
  } finally {
    await guests.close();
  }
}

/** As hook's queue does it: again while that may help. */
async function persist(attempt: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    const outcome = await attempt();
    if (!(outcome instanceof GuestError) || outcome.failure === "hopeless") return outcome;
    await systemClock.sleep(20);
  }
}

describe("a Probot app", () => {
  it.each([
    ["throw", "I always throw"],
    ["reject", "I always reject"],
  ])("that fails (%s) fails with its own words, and takes the next delivery", (title, words) =>
    running(async (receive) => {
      expect(await receive(vandal, title)).toMatchObject({ message: words });
      expect(await receive(vandal, "nothing")).toBe("done");
    }),
  );

  it("that forgets to await a rejection goes on", () =>
    running(async (receive) => {
      expect(await receive(vandal, "forget")).toBe("done");
      expect(await receive(vandal, "nothing")).toBe("done");
      expect(said.some(({ message }) => message.includes("nobody awaits me"))).toBe(true);
    }));

  it.each([
    ["exit", "its process ended with code 0"],
    ["spin", "it did not answer: something in it does not end"],
    ["grow", /its process ended with (SIG|code)/],
    ["buffers", "it took more than 300 MB of memory"],
  ])("that goes wild (%s) is ended alone, and its delivery given up in the end", (title, words) =>
    running(async (receive) => {
      const wild = persist(() => receive(vandal, title, "wild"));
      expect(await receive(autoresponder, "fine")).toBe("done");
      expect(await wild).toMatchObject({ failure: "hopeless", message: expect.stringMatching(words) });
      expect(await persist(() => receive(vandal, "nothing", "next"))).toBe("done");
      expect(await receive(autoresponder, "fine")).toBe("done");
    }),
  );

  it("that hangs at one delivery is done with the others", () =>
    running(async (receive) => {
      const hanging = persist(() => receive(vandal, "hang", "hanging"));
      expect(await Promise.all(["a", "b", "c"].map((title) => receive(vandal, title)))).toEqual([
        "done",
        "done",
        "done",
      ]);
      expect(await hanging).toMatchObject({ failure: "hopeless" });
    }));

  it("that ends beside others' deliveries does not get those given up", () =>
    running(async (receive) => {
      const titles = ["hang", "exit", "nothing", "later"];
      const [, exit, nothing] = await Promise.all(
        titles.map((title) => persist(() => receive(vandal, title, title))),
      );
      expect(exit).toMatchObject({ failure: "hopeless" });
      expect(nothing).toBe("done");
    }));

  it("that ends at one repository's delivery gives none of another's up, though it has the same GUID", () =>
    running(async (receive) => {
      const absent = (error: unknown) => (error as GuestError).failure === "absent";
      const ended = async (name: string) => {
        for (;;) {
          const error = await receive(vandal, "exit", "same", name);
          if (!absent(error)) return error;
          await systemClock.sleep(20);
        }
      };
      for (const name of ["evil", "evil", "tool"])
        expect(await ended(name)).toMatchObject({ failure: "ended" });
    }));

  it("that says too much is cut short", () =>
    running(async (receive) => {
      expect(await receive(vandal, "shout")).toBe("done");
      await systemClock.sleep(200);
      expect(said.length).toBeLessThan(250);
      expect(Math.max(...said.map(({ message }) => message.length))).toBeLessThanOrEqual(8_192);
    }));

  it("that cannot be found, or is none, says so each time, until it is there", () =>
    running(async (receive) => {
      expect(await receive({ name: "gone", probot: "./gone.js" }, "x")).toMatchObject({
        failure: "absent",
        message: `the Probot app ./gone.js cannot be found from ${APPS}: there is no such file or directory`,
      });
      expect(await receive({ name: "none", probot: "./stale/lib/stale.js" }, "x")).toMatchObject({
        failure: "absent",
      });
    }));

  it("has its status of GitHub's told, so that hook knows what passes", () =>
    running(async (receive) => {
      status = 502;
      expect(await receive(autoresponder, "x")).toMatchObject({ errors: [{ status: 502 }] });
      status = 422;
      expect(await receive(autoresponder, "x")).toMatchObject({ errors: [{ status: 422 }] });
      expect(requests[0]).toBe(
        'POST /repos/acme/tool/issues/7/comments {"body":"Thanks for opening this issue!"}',
      );
    }));

  it("writes nothing in a dry run", () =>
    running(
      async (receive) => {
        expect(await receive(autoresponder, "x")).toBe("done");
        expect(requests).toEqual([]);
        expect(said.map(({ fields }) => fields["request"])).toContain(
          "POST /repos/acme/tool/issues/7/comments",
        );
      },
      { dryRun: true },
    ));
});
