// Several gateways and workers that remember the same pull requests: what one hears or writes, all know.
import { beforeEach, describe, expect, it } from "vitest";
import { SharedError } from "../../src/shared/error.ts";
import { memoryShared } from "../../src/shared/memory.ts";
import type { Shared } from "../../src/shared/port.ts";
import { FrugalWorld, pr, tool } from "./frugal-world.ts";

let world: FrugalWorld;
let shared: Shared;
let isGone: boolean;
let gateway: ReturnType<FrugalWorld["process"]>;
let one: typeof gateway;
let other: typeof gateway;

beforeEach(() => {
  world = new FrugalWorld();
  const place = memoryShared({ clock: world.clock });
  isGone = false;
  const unsteady =
    <A extends unknown[], T>(method: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      isGone ? Promise.reject(new SharedError("Redis: gone")) : method(...args);
  shared = { ...place, tell: unsteady(place.tell), told: unsteady(place.told) };
  [gateway, one, other] = ["gateway", "one", "other"].map((id) => world.process(shared, id)) as [
    typeof gateway,
    typeof gateway,
    typeof gateway,
  ];
});

const repository = { name: tool.repo, full_name: "acme/tool", owner: { login: tool.org } };
const tell = (event: string, payload: object) => gateway.hear(event, { repository, ...payload });
const hearComment = (body: string) => {
  const comment = world.comment(body);
  const issue = { number: pr.number, comments: world.comments.length };
  return tell("issue_comment", { action: "created", issue, comment });
};
const bodies = async (by: typeof gateway) => (await by.read.comments(pr)).map(({ body }) => body);
const both = async () => [await bodies(one), await bodies(other)];

describe("processes that tell each other", () => {
  it("each read a conversation once, and know each comment that any gateway hears", async () => {
    await both();
    expect(world.news()).toHaveLength(2);
    for (const body of ["/lgtm", "/approve"]) await hearComment(body);
    expect(await both()).toEqual([
      ["/lgtm", "/approve"],
      ["/lgtm", "/approve"],
    ]);
    expect(world.news()).toEqual([]);
  });

  it("know what one of them wrote before whoever asked for it goes on", async () => {
    const known = async (by: typeof gateway) =>
      (await by.read.pullRequest(pr, { known: true })).labels.map(({ name }) => name);
    await both();
    await known(one);
    await known(other);
    await one.write.createComment(pr, "hello");
    await one.write.addLabels(pr, ["lgtm"]);
    world.news();
    expect(await both()).toEqual([["hello"], ["hello"]]);
    expect(await known(other)).toEqual(["lgtm"]);
    expect(await known(one)).toEqual(["lgtm"]);
    // The writer has put it in, the other reads it anew.
    expect(world.news()).toEqual(["pull acme/tool#7"]);
  });

  it("forget a pull request's comments when one was edited or deleted by a process", async () => {
    await hearComment("first");
    await both();
    const { id } = world.comments[0]!;
    await one.write.editComment(tool, id, "second");
    expect(await both()).toEqual([["second"], ["second"]]);
    await other.write.deleteComment(tool, id);
    expect(await both()).toEqual([[], []]);
  });

  it("keep no answer that was under way when news came to another process", async () => {
    await bodies(one);
    await world.clock.advance(60_000);
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    const asked = bodies(one);
    await world.clock.advance(0);
    await hearComment("/lgtm");
    gate.resolve();
    expect(await asked).toEqual([]);
    expect(await bodies(one)).toEqual(["/lgtm"]);
  });

  it("ask GitHub while they cannot tell each other, and know nothing old afterwards", async () => {
    await both();
    world.news();
    isGone = true;
    await hearComment("/lgtm");
    expect(await both()).toEqual([["/lgtm"], ["/lgtm"]]);
    expect(world.news()).toHaveLength(2);
    isGone = false;
    await world.clock.advance(1_000);
    expect(await both()).toEqual([["/lgtm"], ["/lgtm"]]);
    expect(world.warnings).toHaveLength(1);
  });

  it("forget all when they have missed some of the news", async () => {
    await both();
    world.news();
    const comment = world.comment("unheard");
    for (let n = 0; n < 5_000; n++)
      await shared.tell("webhooks", JSON.stringify({ by: "gateway", event: "label", payload: {} }));
    expect(await bodies(one)).toEqual([comment.body]);
  });

  it("only forget by what is too long to be told, be it heard or written", async () => {
    const long = "x".repeat(60_000);
    await both();
    const start = await shared.told("webhooks", undefined);
    await hearComment(long);
    expect(await both()).toEqual([[long], [long]]);
    await world.clock.advance(5_000);
    await both();
    await one.write.createComment(pr, `${long}y`);
    world.news();
    expect(await both()).toEqual([
      [long, `${long}y`],
      [long, `${long}y`],
    ]);
    // The writer has put it in, the other reads it anew.
    expect(world.news()).toHaveLength(1);
    const { texts } = await shared.told("webhooks", start.mark);
    expect(texts!.length).toBeGreaterThanOrEqual(2);
    for (const text of texts!) expect(text.length).toBeLessThan(1_000);
  });

  it("hear the echo of a comment that is too long to be told", async () => {
    await both();
    await one.write.createComment(pr, "x".repeat(60_000));
    const [comment] = world.comments;
    await tell("issue_comment", { action: "created", issue: { number: pr.number, comments: 1 }, comment });
    await both();
    await world.clock.advance(20_000);
    await both();
    expect(world.warnings).toEqual([]);
    world.news();
    await both();
    expect(world.news()).toEqual([]);
  });

  it("know nothing of a pull request whose opening is too long to be told, nor when it is told after a comment", async () => {
    const created_at = world.clock.now().toISOString();
    const opening = { ...world.pullRequest(), created_at, comments: 0, review_comments: 0 };
    await hearComment("z".repeat(60_000));
    await tell("pull_request", { action: "opened", pull_request: opening });
    expect((await bodies(one))[0]).toHaveLength(60_000);
    const long = { ...opening, number: 8, body: "x".repeat(60_000) };
    await tell("pull_request", { action: "opened", pull_request: long });
    world.news();
    await one.read.pullRequest({ ...tool, number: 8 }, { known: true });
    expect(world.news()).toEqual(["pull acme/tool#8"]);
  });

  it("are told the body of a pull request where they take it in", async () => {
    const start = await shared.told("webhooks", undefined);
    const pull_request = { ...world.pullRequest(), body: "of the pull" };
    const issue = { number: pr.number, comments: 1, body: "of the issue" };
    await tell("pull_request", { action: "labeled", label: { name: "lgtm" }, pull_request });
    await tell("pull_request", { action: "synchronize", pull_request });
    await tell("pull_request_review", { action: "submitted", pull_request });
    await tell("issue_comment", { action: "created", issue, comment: world.comment("of the comment") });
    const { texts } = await shared.told("webhooks", start.mark);
    expect(texts!.map((text) => /"body":"(.*?)"/.exec(text)?.[1])).toEqual([
      "of the pull",
      ...[undefined, undefined],
      "of the comment",
    ]);
  });

  it("are told little of a payload", async () => {
    const start = await shared.told("webhooks", undefined);
    await tell("issue_comment", {
      action: "created",
      issue: { number: 7, comments: 1, events_url: "https://api.github.test/x", html_url: "kept" },
      comment: world.comment("hi"),
      sender: { login: "bob" },
      installation: { id: 1 },
    });
    await tell("star", { action: "created" });
    const { texts } = await shared.told("webhooks", start.mark);
    expect(texts).toHaveLength(1);
    expect(texts![0]).toContain('"html_url":"kept"');
    expect(texts![0]).not.toMatch(/events_url|sender|installation/);
  });
});
