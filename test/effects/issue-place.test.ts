// Pinned and transferred issues: what came of it is told once, and doing it again is no failure.
import { expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import { GitHubError } from "../../src/github/error.ts";
import type { GitHub } from "../../src/github/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";

const issue = { org: "acme", repo: "tool", number: 7 };

function github({ refusal, pinned }: { refusal?: number; pinned?: boolean | "unknown" }) {
  const comments: { body: string; user: { login: string } }[] = [];
  const refuse = async () => {
    if (refusal) throw new GitHubError(refusal, "no");
  };
  const port = {
    read: {
      botLogin: async () => "robot",
      comments: async () => comments,
      graphql: async () => {
        if (pinned === "unknown") throw new GitHubError(422, "no such field");
        return { node: { isPinned: pinned } };
      },
    },
    write: {
      pinIssue: refuse,
      transferIssue: refuse,
      createComment: async (_: unknown, body: string) => {
        comments.push({ body, user: { login: "robot" } });
      },
    },
  } as unknown as GitHub;
  const apply = applier({ clock: systemClock, log: silent, github: port });
  const pin = (wanted: boolean) =>
    apply([{ do: "pinIssue", issue, id: "I_7", pinned: wanted, done: "done", refused: "refused" }]);
  const transfer = () =>
    apply([
      { do: "transferIssue", issue, id: "I_7", repositoryId: "R_1", to: { org: "acme", repo: "other" } },
    ]);
  return { pin, transfer, said: () => comments.map(({ body }) => body) };
}

it.each([
  [true, {}, "done"],
  [false, {}, "done"],
  [true, { refusal: 422, pinned: false }, "refused"],
  [true, { refusal: 422, pinned: true }, "done"],
  [false, { refusal: 403, pinned: true }, "refused"],
  [false, { refusal: 422, pinned: false }, "done"],
  [false, { refusal: 404, pinned: "unknown" }, "refused"],
] as const)("pinned: %s, GitHub: %j: %s", async (wanted, answers, said) => {
  const { pin, said: comments } = github(answers);
  await pin(wanted);
  await pin(wanted);
  expect(comments()).toEqual([said]);
});

it("trouble at GitHub is no answer", async () => {
  const { pin, said, transfer } = github({ refusal: 502 });
  await expect(pin(true)).rejects.toThrow("no");
  await expect(transfer()).rejects.toThrow("no");
  expect(said()).toEqual([]);
});

it("an issue that is not there any more has been transferred", async () => {
  await github({ refusal: 404 }).transfer();
  await expect(github({ refusal: 403 }).transfer()).rejects.toThrow("no");
});
