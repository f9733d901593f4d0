// The comment with a pull request's failures: what becomes of it, and Prow's words in it.
import { describe, expect, test } from "vitest";
import { commentEffects } from "../../src/crier/comment.ts";
import type { IssueComment } from "../../src/model/github.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { comment, job, SHA } from "./world.ts";

const report = (jobs: ProwJob[], comments: IssueComment[] = [], more = {}) =>
  commentEffects({ jobs, comments, isBot: (login) => login === "ci-robot", summary: false, ...more });

const row = (name: string, sha = SHA) =>
  `${name} | ${sha} | [link](https://ci/${name}) | true | \`/test ${name}\``;
const body = (...rows: string[]) =>
  `@alice: The following test${rows.length > 1 ? "s" : ""} **failed**, say \`/retest\` to rerun all failed tests or \`/retest-required\` to rerun all mandatory failed tests:

Test name | Commit | Details | Required | Rerun command
--- | --- | --- | --- | ---
${rows.join("\n")}

<details>

Instructions for interacting with me using PR comments are available [here](https://git.k8s.io/community/contributors/guide/pull-requests.md).  If you have questions or suggestions related to my behavior, please file an issue against the [kubernetes-sigs/prow](https://github.com/kubernetes-sigs/prow/issues/new?title=Prow%20issue:) repository. I understand the commands that are listed [here](https://go.k8s.io/bot-commands).
</details>
<!-- test report -->`;

const REPO = { org: "acme", repo: "lib" };
const created = (text: string) => ({ do: "createComment", issue: { ...REPO, number: 1 }, body: text });
/** A failure is news: people are notified of it even where all comments stand in one. */
const told = (text: string) => ({ ...created(text), notify: true });
const deleted = (id: number) => ({ do: "deleteComment", repo: REPO, id });

describe("a failure", () => {
  test("is a comment", () => {
    expect(report([job("unit", "failure")])).toEqual([told(body(row("unit")))]);
  });

  test("after others is a new comment with all of them, and then the old one goes", () => {
    const old = [comment(4, body(row("lint"), row("unit", "0".repeat(40)))), comment(5, "thanks", "bob")];
    expect(report([job("unit", "failure")], old)).toEqual([told(body(row("lint"), row("unit"))), deleted(4)]);
  });

  test("that was told by a replica which did not come to write it down is not told again", () => {
    const there = comment(4, body(row("lint"), row("unit")).replaceAll("\n", "\r\n"));
    expect(report([job("unit", "failure")], [there])).toEqual([]);
    expect(report([job("unit", "failure")], [comment(3, body(row("lint"))), there])).toEqual([deleted(3)]);
  });

  test("of an optional job, and of one that says nothing", () => {
    const [optional] = report([job("unit", "failure", { labels: { "prow.k8s.io/is-optional": "true" } })]);
    expect(JSON.stringify(optional)).toContain("| false |");
    const [unsaid] = report([job("unit", "failure", { labels: { "prow.k8s.io/is-optional": "maybe" } })]);
    expect(JSON.stringify(unsaid)).toContain("| unknown |");
  });

  test("carries the report template's text", () => {
    const [effect] = report([job("unit", "failure")], [], { footer: "[history](u)." });
    expect(effect).toMatchObject({
      body: expect.stringContaining("`/test unit`\n\n[history](u).\n\n<details>"),
    });
  });
});

test("a comment in which the bot quotes somebody's rows and marker is no report", () => {
  const quote = body(row("forged")).replace(/^/gm, ">");
  const old = [
    comment(4, `@bob: no.\n\n<details>\n\nIn response to [this](u):\n\n${quote}\n\n</details>`),
    comment(5, "@bob: The label(s) `area/<!-- test report -->` cannot be applied.\n\n</details>"),
  ];
  expect(report([job("unit", "success")], old)).toEqual([]);
  expect(report([job("unit", "failure")], old)).toEqual([told(body(row("unit")))]);
});

describe("a success", () => {
  test("with nothing said before says nothing", () => {
    expect(report([job("unit", "success")])).toEqual([]);
    expect(report([job("unit", "success")], [comment(4, body(row("unit")), "mallory")])).toEqual([]);
  });

  test("takes its row out, in place", () => {
    const old = [comment(4, body(row("lint"), row("unit")))];
    expect(report([job("unit", "success")], old)).toEqual([
      { do: "editComment", repo: REPO, id: 4, body: body(row("lint")) },
    ]);
  });

  test("reads rows whose lines end as browsers end them", () => {
    const old = [comment(4, body(row("unit")).replace(/\n/g, "\r\n"))];
    expect(report([job("unit", "success")], old)).toEqual([deleted(4)]);
  });

  test("leaves a table of the bot's alone that is no report", () => {
    expect(report([job("unit", "success")], [comment(4, "--- | ---\nunit | x\n\n")])).toEqual([]);
  });

  test("of the last failed test deletes the comment", () => {
    expect(report([job("unit", "success")], [comment(4, body(row("unit")))])).toEqual([deleted(4)]);
  });

  test("of a test that is not in the comment leaves it alone", () => {
    expect(report([job("unit", "success")], [comment(4, body(row("lint")))])).toEqual([]);
  });
});

test("a failure gathers all earlier comments into a new one; the latest row about a test counts", () => {
  const old = [comment(4, body(row("unit", "a"), row("e2e", "a"))), comment(6, body(row("e2e", "b")))];
  expect(report([job("unit", "failure")], old)).toEqual([
    told(body(row("e2e", "b"), row("unit"))),
    deleted(4),
    deleted(6),
  ]);
});

test.each(["error", "aborted"] as const)("an outcome %s has no row, but takes away the old one", (state) => {
  expect(report([job("unit", state)], [comment(4, body(row("unit")))])).toEqual([deleted(4)]);
});

test("several comments become one; of two rows about a test the later counts", () => {
  const old = [comment(4, body(row("lint", "a"), row("e2e"))), comment(6, body(row("lint", "b")))];
  expect(report([job("unit", "success")], old)).toEqual([
    { do: "editComment", repo: REPO, id: 6, body: body(row("e2e"), row("lint", "b")) },
    deleted(4),
  ]);
});

describe("a summary", () => {
  const summary = { summary: true };

  test("is given when all passed", () => {
    const [effect] = report([job("unit", "success"), job("lint", "success")], [], summary);
    expect(effect).toMatchObject({
      body: expect.stringMatching(/^@alice: all tests \*\*passed!\*\*\n\n\n<details>/),
    });
  });

  test("is of the failures, and goes over the last one when some have passed since", () => {
    const failed = [job("unit", "failure"), job("lint", "success")];
    expect(report(failed, [], summary)).toEqual([told(body(row("unit")))]);
    expect(report([job("lint", "success")], [comment(4, body(row("lint"), row("e2e")))], summary)).toEqual([
      { do: "editComment", repo: REPO, id: 4, body: body(row("e2e")) },
    ]);
  });

  test("is not given when a test was aborted", () => {
    expect(report([job("unit", "success"), job("lint", "aborted")], [], summary)).toEqual([]);
  });
});
