// One comment a pull request, over a GitHub of plain data that answers late and out of order.
import { describe, expect, test } from "vitest";
import { applier } from "../../../src/effects/apply.ts";
import { GitHubError } from "../../../src/github/error.ts";
import { oneComment } from "../../../src/github/one-comment/one-comment.ts";
import type { GitHub } from "../../../src/github/port.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { silent } from "../../../src/lib/logger.ts";
import type { IssueComment } from "../../../src/model/github.ts";
import { keptComment } from "../../../src/model/kept-comment.ts";
import { formatReply } from "../../../src/model/reply.ts";

const issue = { org: "acme", repo: "tool", number: 7 };
const BOT = "bot[bot]";

/** Numbers that look random and are the same each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

const turns = async (count: number) => {
  for (let left = Math.ceil(count); left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
};

/** `slowest`: turns of the event loop that a request takes at most before and after its effect. */
function place({ slowest = 0, random = chance(1) } = {}) {
  let comments: IssueComment[] = [];
  let ids = 100;
  let seconds = 0;
  const reactions: [number, string][] = [];
  const calls = { create: 0, edit: 0, delete: 0 };
  const late = () => turns(Math.floor(random() * (slowest + 1)));
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++));
  const stamp = () => now().toISOString().replace(".000Z", "Z");
  const request = async <T>(act: () => T): Promise<T> => {
    await late();
    const answer = act();
    await late();
    return answer;
  };
  const find = (id: number) => {
    const found = comments.find((comment) => comment.id === id);
    if (!found) throw new GitHubError(404, "Not Found");
    return found;
  };
  const add = (login: string, body: string) => {
    const created_at = stamp();
    const comment = { id: ids++, body, user: { login }, html_url: "", created_at, updated_at: created_at };
    comments.push(comment);
    return comment;
  };
  const github = {
    read: {
      botLogin: async () => BOT,
      comments: () => request(() => comments.map((comment) => ({ ...comment }))),
    },
    write: {
      createComment(_: unknown, body: string) {
        calls.create++;
        return request(() => add(BOT, body));
      },
      editComment(_: unknown, id: number, body: string) {
        calls.edit++;
        return request(() => void Object.assign(find(id), { body, updated_at: stamp() }));
      },
      deleteComment(_: unknown, id: number) {
        calls.delete++;
        return request(() => {
          comments = comments.filter((comment) => comment.id !== id);
        });
      },
      reactToComment: (_: unknown, id: number, reaction: string) =>
        request(() => void reactions.push([find(id).id, reaction])),
    },
    gitToken: async () => "",
    seal: async (text: string) =>
      `sealed${[...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7)}`,
  } as unknown as GitHub;
  /** A process of ours. */
  const process = (seed = 1, settleMs = 0, wanted = true) =>
    oneComment(github, {
      wanted: () => wanted,
      clock: { now, sleep: turns },
      random: chance(seed),
      log: silent,
      settleMs,
    });
  return {
    process,
    add,
    calls,
    reactions,
    edit: (id: number, body: string) => (find(id).body = body),
    all: () => comments,
  };
}

const bodies = async (github: GitHub) => (await github.read.comments(issue)).map(({ body }) => body);
const find = async (github: GitHub, body: string) =>
  (await github.read.comments(issue)).find((comment) => comment.body === body)!.id;

describe("where one comment is wanted", () => {
  test("a comment that is kept up to date is one part, found by its beginning", async () => {
    const { process, all } = place();
    const github = process();
    const apply = applier({ clock: systemClock, log: silent, github });
    const tag = "<!-- cutwater: ok-to-test ";
    const keep = (text: string) =>
      apply([{ do: "keepComment", issue, tag, body: `${tag}${text} -->\n${text}` }]);
    await github.write.createComment(issue, `A\n${tag}planted -->`);
    await keep("one");
    await github.write.createComment(issue, "B");
    await keep("two");
    expect(all()).toHaveLength(1);
    const parts = await github.read.comments(issue);
    expect(keptComment(parts, BOT, tag)?.body).toBe(`${tag}two -->\ntwo`);
    expect(parts).toHaveLength(3);
  });

  test("comments of the bot are parts of one, among those of people", async () => {
    const { process, add, all, calls } = place();
    const github = process();
    add("ann", "hello");
    await github.write.createComment(issue, "A");
    add("ann", "again");
    await github.write.createComment(issue, "B");
    expect(all().map(({ user }) => user.login)).toEqual(["ann", BOT, "ann"]);
    expect(await bodies(github)).toEqual(["hello", "A", "again", "B"]);
    expect(calls).toEqual({ create: 1, edit: 1, delete: 0 });
  });

  test("parts are changed and taken out like comments; the comment stays when the last one goes", async () => {
    const { process, all } = place();
    const github = process();
    const made = await github.write.createComment(issue, "A");
    await github.write.createComment(issue, "B");
    await github.write.editComment(issue, made.id, "A2");
    await github.write.editComment(issue, made.id, "A2");
    expect(await bodies(github)).toEqual(["A2", "B"]);
    for (const body of ["A2", "B"]) await github.write.deleteComment(issue, await find(github, body));
    await github.write.deleteComment(issue, made.id);
    expect(await bodies(github)).toEqual([]);
    expect(all()).toHaveLength(1);
    expect(all()[0]!.body).toContain("Nothing to say");
  });

  test("an edited part is seen as edited, a fresh one is not", async () => {
    const github = place().process();
    await github.write.createComment(issue, "A");
    const { id } = await github.write.createComment(issue, "B");
    await github.write.editComment(issue, id, "B2");
    const edited = (await github.read.comments(issue)).map((c) => c.created_at !== c.updated_at);
    expect(edited).toEqual([false, true]);
  });

  test("what somebody wrote into the bot's comment counts as edited, for good", async () => {
    const { process, all, edit } = place();
    const github = process();
    await github.write.createComment(issue, "Git tree hash: a");
    const [comment] = all();
    edit(comment!.id, comment!.body.replace("hash: a", "hash: b"));
    const isEdited = async () => {
      const [first] = await github.read.comments(issue);
      return first!.created_at !== first!.updated_at;
    };
    expect(await isEdited()).toBe(true);
    await github.write.createComment(issue, "C");
    expect(await isEdited()).toBe(true);
  });

  test("somebody else's comment that looks like it is left alone", async () => {
    const { process, add, all } = place();
    const other = place();
    await other.process().write.createComment(issue, "planted");
    add("mallory", other.all()[0]!.body);
    const github = process();
    await github.write.createComment(issue, "A");
    expect(all()).toHaveLength(2);
    expect(await bodies(github)).toEqual([other.all()[0]!.body, "A"]);
  });

  test("news is posted anew, so that people are notified, no more than three times in all", async () => {
    const { process, all, calls } = place();
    const github = process();
    await github.write.createComment(issue, "notice");
    const first = all()[0]!.id;
    for (const news of ["failed 1", "failed 2", "failed 3"])
      await github.write.createComment(issue, news, { notify: true });
    expect(all()).toHaveLength(1);
    expect(all()[0]!.id).not.toBe(first);
    expect(calls).toMatchObject({ create: 3, delete: 2 });
    expect(await bodies(github)).toEqual(["notice", "failed 1", "failed 2", "failed 3"]);
  });

  test("the command that is answered gets a reaction, and an answer to one that is gone is written all the same", async () => {
    const { process, add, reactions } = place();
    const github = process();
    const { id } = add("ann", "/lgtm");
    const answer = (to: number) =>
      formatReply(
        { login: "ann", body: "/lgtm", url: `https://g/acme/tool/pull/7#issuecomment-${to}` },
        "no.",
      );
    await github.write.createComment(issue, answer(id));
    await github.write.createComment(issue, answer(id + 50));
    expect(reactions).toEqual([[id, "eyes"]]);
    expect(await bodies(github)).toEqual(["/lgtm", answer(id), answer(id + 50)]);
  });

  test("switched off, the parts that are there are still found and go; new comments stand alone", async () => {
    const { process, all } = place();
    await process().write.createComment(issue, "A");
    const github = process(2, 0, false);
    await github.write.createComment(issue, "B");
    await github.write.deleteComment(issue, await find(github, "A"));
    expect(await bodies(github)).toEqual(["B"]);
    expect(all()).toHaveLength(2);
  });

  test("a part that was not listed here is refused", async () => {
    await expect(place().process().write.deleteComment(issue, -5)).rejects.toThrow(
      "part 5 of the one comment",
    );
  });
});

/** Every process adds, edits, removes and posts anew, all at once. */
async function busy(seed: number) {
  const random = chance(seed);
  const slowest = 4;
  const where = place({ slowest, random });
  const wanted = new Set<string>();
  const work = async (who: number) => {
    const github = where.process(seed * 10 + who, 6 * (slowest + 1));
    for (let step = 0; step < 8; step++) {
      const name = `${who}.${step}`;
      const { id } = await github.write.createComment(issue, name, { notify: random() < 0.2 });
      const dice = random();
      if (dice < 0.3) await github.write.deleteComment(issue, id);
      else if (dice < 0.6) {
        await github.write.editComment(issue, id, `${name} edited`);
        wanted.add(`${name} edited`);
      } else wanted.add(name);
    }
  };
  await Promise.all([1, 2, 3].map(work));
  return { where, wanted: [...wanted].sort() };
}

describe("processes side by side", () => {
  test.each(Array.from({ length: 20 }, (_, i) => i + 1))(
    "lose nothing and leave one comment (%i)",
    async (seed) => {
      const { where, wanted } = await busy(seed);
      expect(where.all()).toHaveLength(1);
      expect((await bodies(where.process())).sort()).toEqual(wanted);
    },
  );
});
