// A write whose answer was lost is not done twice, and one that was not done is.
import { expect, test } from "vitest";
import { withDoubts } from "../../src/github/doubt.ts";
import { GitHubError } from "../../src/github/error.ts";
import type { GitHub } from "../../src/github/port.ts";
import type { IssueComment, Status } from "../../src/model/github.ts";
import { pr, testClock, tool } from "./world.ts";

const status: Status = { context: "unit", state: "success", description: "Fine.", target_url: "" };
const lost = () => new GitHubError(0, "the connection broke");

/** Answers are lost, or writes refused, as long as `trouble` says so; lists lag two seconds. */
function world() {
  const clock = testClock();
  const comments: (IssueComment & { at: number })[] = [];
  const statuses: (Status & { at: number })[] = [];
  const state = { trouble: undefined as "lost" | "502" | "422" | undefined, reads: 0 };
  const now = () => clock.now().getTime();
  const commit = <T>(rows: T[], row: T): T => {
    if (state.trouble === "502") throw new GitHubError(502, "Bad Gateway");
    if (state.trouble === "422") throw new GitHubError(422, "Validation Failed");
    rows.push(row);
    if (state.trouble === "lost") throw lost();
    return row;
  };
  const listed = <T extends { at: number }>(rows: T[]) => {
    state.reads += 1;
    return rows.filter(({ at }) => at <= now() - 2_000);
  };
  const port = {
    read: {
      botLogin: async () => "bot",
      comments: async () => listed(comments),
      statuses: async () => listed(statuses).toReversed(),
    },
    write: {
      createComment: async (_: unknown, body: string) =>
        commit(comments, {
          id: comments.length + 1,
          body,
          user: { login: "bot" },
          at: now(),
        } as (typeof comments)[0]),
      createStatus: async (_: unknown, _sha: string, given: Status) =>
        void commit(statuses, { ...given, at: now() }),
    },
  } as unknown as GitHub;
  return { ...withDoubts(port, clock).write, comments, statuses, state, clock };
}

test("a comment whose answer was lost is found, though lists lag, and returned", async () => {
  const { createComment, comments, state } = world();
  state.trouble = "lost";
  await expect(createComment(pr, "hello")).rejects.toThrow("broke");
  state.trouble = undefined;
  expect(await createComment(pr, "hello")).toMatchObject({ id: 1 });
  expect(comments).toHaveLength(1);
  await createComment(pr, "hello");
  expect(comments).toHaveLength(2);
});

test("a status whose answer was lost is written once; what was not done is done", async () => {
  const { createStatus, statuses, state } = world();
  state.trouble = "lost";
  await expect(createStatus(tool, "abc", status)).rejects.toThrow("broke");
  state.trouble = "502";
  await createStatus(tool, "abc", status);
  expect(statuses).toHaveLength(1);
  const failure: Status = { ...status, state: "failure" };
  await expect(createStatus(tool, "abc", failure)).rejects.toThrow("Bad Gateway");
  state.trouble = undefined;
  await createStatus(tool, "abc", failure);
  expect(statuses.map(({ state: told }) => told)).toEqual(["success", "failure"]);
});

test("when all is well, and when GitHub says no, nothing is read and nobody waits", async () => {
  const { createStatus, createComment, statuses, state, clock } = world();
  await createStatus(tool, "abc", status);
  await createStatus(tool, "abc", status);
  expect(statuses).toHaveLength(2);
  state.trouble = "422";
  await expect(createComment(pr, "hello")).rejects.toThrow("Validation");
  await expect(createComment(pr, "hello")).rejects.toThrow("Validation");
  expect(state.reads).toBe(0);
  expect(clock.slept).toEqual([]);
});
