// A process fails exactly where it is told to, and nowhere when it is told nothing.
import { expect, test } from "vitest";
import { FAILPOINTS } from "../../../scripts/chaos/cast.ts";
import {
  clustersWithPoints,
  FAILPOINT_NAMES,
  parseFailpoints,
  queueWithPoints,
  withPoints,
} from "../../../src/cmd/process/failpoints.ts";
import { singleCluster } from "../../../src/kube/kubeconfig.ts";
import type { Kube, KubeWrite } from "../../../src/kube/port.ts";
import { LEASE } from "../../../src/model/lease.ts";
import { POD } from "../../../src/model/pod.ts";
import type { Queue, QueueItem } from "../../../src/queue/port.ts";

/** What happened, in order; a kill ends what comes after it, as at a process. */
function world(text: string) {
  const story: string[] = [];
  const clock = { sleep: async (ms: number) => void story.push(`wait ${ms}`) };
  const kill = (point: string) => {
    story.push(`killed at ${point}`);
    throw new Error("this process is dead");
  };
  const points = parseFailpoints(text, { clock, kill });
  const act = (name: string) => async () => void story.push(name);
  return { story, points, act };
}

const github = (text: string) => {
  const { story, points, act } = world(text);
  const write = { createComment: act("comment"), merge: act("merge"), other: act("other") };
  return { story, write: withPoints(points, "github", write), plain: write };
};

test("nothing is set: the port itself is used", () => {
  const { write, plain } = github("");
  expect(write).toBe(plain);
});

test("kill before an effect leaves it undone, kill after it done", async () => {
  const before = github("github.createComment.before:kill");
  await expect(before.write.createComment()).rejects.toThrow("dead");
  expect(before.story).toEqual(["killed at github.createComment.before"]);
  const after = github("github.createComment.after:kill");
  await expect(after.write.createComment()).rejects.toThrow("dead");
  expect(after.story).toEqual(["comment", "killed at github.createComment.after"]);
});

test("a number names the time that counts; other effects are left alone", async () => {
  const { story, write } = github("github.merge.after:kill:3");
  await write.merge();
  await write.merge();
  await write.createComment();
  await write.other();
  await expect(write.merge()).rejects.toThrow("dead");
  expect(story).toEqual(["merge", "merge", "comment", "other", "merge", "killed at github.merge.after"]);
});

test("an error looks like an answer that never came, and the effect is done or not by its side", async () => {
  const { story, write } = github("github.merge.after:error:1, github.createComment.before:error");
  await expect(write.merge()).rejects.toMatchObject({ name: "GitHubError", status: 0 });
  await write.merge();
  await expect(write.createComment()).rejects.toThrow("failpoint github.createComment.before");
  await expect(write.createComment()).rejects.toThrow("failpoint");
  expect(story).toEqual(["merge", "merge"]);
});

test("a delay waits so long, each time or once", async () => {
  const { story, write } = github("github.merge.before:delay:250,github.createComment.after:delay:70:2");
  await write.merge();
  await write.createComment();
  await write.createComment();
  expect(story).toEqual(["wait 250", "merge", "comment", "comment", "wait 70"]);
});

test("renewing a lease is no effect that counts", async () => {
  const { story, points, act } = world("kube.create.before:error:1");
  const write = { create: act("create"), patch: act("patch") } as unknown as KubeWrite;
  const { home } = clustersWithPoints(points, singleCluster({ write } as Kube));
  await home.write.create(LEASE, { metadata: { name: "leader" }, spec: {} });
  await expect(home.write.create(POD, { metadata: { name: "test" } } as never)).rejects.toThrow("failpoint");
  await home.write.create(POD, { metadata: { name: "test" } } as never);
  expect(story).toEqual(["create", "create"]);
});

test("a queue's points stand around adding, and around working on an item", async () => {
  const { story, points, act } = world(
    "queue.add.after:delay:1,queue.take.before:delay:2,queue.take.after:kill",
  );
  const item: QueueItem = { id: "1", group: "g", payload: "p" };
  const queue = {
    add: act("add"),
    async work(handle: (item: QueueItem, attempt: number) => Promise<void>) {
      await handle(item, 1);
      story.push("off the list");
    },
  } as unknown as Queue;
  const failing = queueWithPoints(points, "queue", queue);
  await failing.add(item);
  const worked = failing.work(act("work"), {} as never);
  await expect(worked).rejects.toThrow("dead");
  expect(story).toEqual(["add", "wait 1", "wait 2", "work", "killed at queue.take.after"]);
});

test.each([
  ["github.creatComment.after:kill", /did you mean github\.createComment\.after\?/],
  ["github.comment:kill", /There are .*github\.createComment\.before, github\.createComment\.after/],
  ["nonsense:kill", /There are .*hook\.answer\.before/],
  ["queue.add.after", /write queue\.add\.after:kill, queue\.add\.after:delay:MS or queue\.add\.after:error/],
  ["queue.add.after:explode", /queue\.add\.after:kill/],
  ["queue.add.after:kill:often", /kill:N/],
  ["queue.add.after:kill:0", /kill:N/],
  ["queue.add.after:delay:1:2:3", /delay:MS:N/],
])("%s is refused, with what can be meant", (text, words) => {
  expect(() => world(text)).toThrow(
    expect.objectContaining({ name: "UsageError", message: expect.stringMatching(words) }),
  );
});

test("the points at which chaos kills are there", () => {
  expect(FAILPOINTS.map(({ name }) => name).filter((name) => !FAILPOINT_NAMES.includes(name))).toEqual([]);
});
