// A batch is merged as Prow's tide merges it: what is retried, what stops it, what it says at the end.
import { describe, expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import { GitHubError } from "../../src/github/error.ts";
import type { GitHub } from "../../src/github/port.ts";
import { silent } from "../../src/lib/logger.ts";

const refuse = (status: number, message: string) => new GitHubError(status, message);
const BASE_CHANGED = refuse(405, "Base branch was modified. Review and try the merge again.");

/** Merges #1, #2 and #3; `answers` are what GitHub says to each in turn, success where there is none. */
async function mergeThree(answers: Record<number, GitHubError[]>, mergedAlready: number[] = []) {
  const log: string[] = [];
  const github = {
    read: {
      pullRequest: async ({ number }: { number: number }) => ({
        merged: mergedAlready.includes(number),
        head: { sha: `sha${number}` },
      }),
    },
    write: {
      async merge({ number }: { number: number }, { sha }: { sha: string }) {
        const refusal = answers[number]?.shift();
        log.push(`${refusal ? "refused" : "merged"} ${number} ${sha}`);
        if (refusal) throw refusal;
      },
    },
  } as unknown as GitHub;
  const clock = { now: () => new Date(0), sleep: async (ms: number) => void log.push(`wait ${ms}`) };
  const merges = [1, 2, 3].map((number) => ({ number, sha: `sha${number}`, method: "merge" as const }));
  const apply = applier({ github, clock, log: silent });
  let error: unknown;
  try {
    await apply([{ do: "mergeInOrder", repo: { org: "acme", repo: "tool" }, branch: "main", merges }]);
  } catch (thrown) {
    error = thrown;
  }
  return { log, error };
}

describe("mergeInOrder", () => {
  it("merges one after the other at the tested head, with a pause between", async () => {
    const { log, error } = await mergeThree({});
    expect(log).toEqual(["merged 1 sha1", "wait 5000", "merged 2 sha2", "wait 5000", "merged 3 sha3"]);
    expect(error).toBeUndefined();
  });

  it("waits while GitHub catches up with the base, twice", async () => {
    const { log, error } = await mergeThree({ 2: [BASE_CHANGED, BASE_CHANGED] });
    expect(log.slice(2, 7)).toEqual([
      "refused 2 sha2",
      "wait 4000",
      "refused 2 sha2",
      "wait 8000",
      "merged 2 sha2",
    ]);
    expect(error).toBeUndefined();
  });

  it("skips a pull request after three such answers, and goes on", async () => {
    const { log, error } = await mergeThree({ 2: [BASE_CHANGED, BASE_CHANGED, BASE_CHANGED] });
    expect(log.at(-1)).toBe("merged 3 sha3");
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as Error).message).toBe(
      "failed merging #2 of acme/tool main from batch [#1, #2, #3], partial merge [#1, #3]: " +
        "#2: base branch was modified: Base branch was modified. Review and try the merge again.",
    );
  });

  it("skips a pull request whose head moved, and names every one that was not merged", async () => {
    const { log, error } = await mergeThree({
      1: [refuse(409, "Head branch was modified.")],
      3: [refuse(405, "Pull Request is not mergeable")],
    });
    expect(log).toEqual(["refused 1 sha1", "merged 2 sha2", "wait 5000", "refused 3 sha3"]);
    expect((error as AggregateError).errors).toMatchObject([
      { number: 1, message: "PR was modified: Head branch was modified." },
      {
        number: 3,
        message: expect.stringContaining("PR is unmergable. Do the Tide merge requirements match"),
      },
    ]);
  });

  it.each([
    [405, "You're not authorized to push to this branch."],
    [405, "Merge commits are not allowed on this repository."],
    [403, "Resource not accessible by integration"],
  ])("stops the batch on %i %s", async (status, message) => {
    const { log, error } = await mergeThree({ 1: [refuse(status, message)] });
    expect(log).toEqual(["refused 1 sha1"]);
    expect((error as AggregateError).errors).toMatchObject([{ number: 1, stopsBatch: true }]);
  });

  it("takes what is merged already at that head for done: the first answer was lost", async () => {
    const { log, error } = await mergeThree({ 1: [refuse(405, "Pull Request is not mergeable")] }, [1]);
    expect(error).toBeUndefined();
    expect(log.at(-1)).toBe("merged 3 sha3");
  });

  describe("onto a base that others may move", () => {
    /** `heads`: of the branch, whenever somebody asks; `onto`: what each merge was made onto. */
    async function mergeOnto(
      count: number,
      heads: (string | GitHubError)[],
      onto: Record<string, string>,
      lateMs = 5_000,
    ) {
      const log: string[] = [];
      const github = {
        read: {
          branchSHA: async () => {
            log.push("look");
            const head = heads.shift();
            if (head instanceof GitHubError) throw head;
            return head;
          },
          commit: async (_: unknown, sha: string) => ({ parents: [onto[sha]] }),
        },
        write: {
          async merge({ number }: { number: number }) {
            log.push(`merged ${number}`);
            return `M${number}`;
          },
        },
      } as unknown as GitHub;
      const seen = new Date(1_000_000);
      const clock = { now: () => new Date(seen.getTime() + lateMs), sleep: async () => {} };
      const merges = [1, 2, 3]
        .slice(0, count)
        .map((number) => ({ number, sha: `sha${number}`, method: "merge" as const }));
      const base = { sha: "B", seen: seen.toISOString() };
      const repo = { org: "acme", repo: "tool" };
      const error = await applier({ github, clock, log: silent })([
        { do: "mergeInOrder", repo, branch: "main", base, merges },
      ]).catch((thrown: Error) => thrown.message);
      return { log, error };
    }

    it("goes on while only we have moved it, also when GitHub is late in saying so", async () => {
      const { log, error } = await mergeOnto(3, ["B", "B", "M2"], { M1: "B", M2: "M1" });
      expect(log).toEqual(["look", "merged 1", "look", "merged 2", "look", "merged 3"]);
      expect(error).toBeUndefined();
    });

    it("stops when somebody else has moved it, before or between", async () => {
      const before = await mergeOnto(2, ["X"], {});
      expect(before.log).toEqual(["look"]);
      expect(before.error).toContain("#1: main has moved since this was tested on it");
      const between = await mergeOnto(3, ["B", "X"], { M1: "B" });
      expect(between.log).toEqual(["look", "merged 1", "look"]);
      expect(between.error).toContain("#2: main has moved since this was tested on it");
    });

    it("stops when the merge before was made onto what nobody had tested", async () => {
      const { log, error } = await mergeOnto(2, ["B"], { M1: "X" });
      expect(log).toEqual(["look", "merged 1"]);
      expect(error).toContain("#2: main has moved");
    });

    it("says so when the base can not be read, of which nobody's right to merge is the cause, and goes on", async () => {
      const forbidden = refuse(403, "Resource not accessible by integration");
      const { log, error } = await mergeOnto(3, ["B", forbidden, "M1"], { M1: "B" });
      expect(log).toEqual(["look", "merged 1", "look", "look", "merged 3"]);
      expect(error).toContain(
        "#2: whether main has moved since this was tested on it can not be told: Resource not accessible",
      );
      expect(error).not.toContain("allow this robot to push");
    });

    it("asks nothing about a single one that was just looked at", async () => {
      expect(await mergeOnto(1, ["X"], {}, 500)).toEqual({ log: ["merged 1"], error: undefined });
      expect((await mergeOnto(1, ["X"], {}, 1_500)).log).toEqual(["look"]);
    });
  });
});
