// What is known of a pull request between events: told by webhooks and our own writes, read again in any doubt.
import { beforeEach, describe, expect, it } from "vitest";
import { FrugalWorld, pr, tool } from "./frugal-world.ts";

let world: FrugalWorld;
beforeEach(() => {
  world = new FrugalWorld();
});

const known = () => world.read.pullRequest(pr, { known: true });
const labels = async () => (await known()).labels.map(({ name }) => name).sort();
/** A webhook that tells of the pull request as it is. */
const told = (action: string, more: object = {}) =>
  world.hear("pull_request", { action, pull_request: world.pullRequest(), ...more });
const second = () => world.clock.advance(3_000);

describe("a known pull request", () => {
  it("is that of its opening, and nothing is asked", async () => {
    world.labels = ["kind/bug"];
    world.hearPull("opened", world.pullRequest());
    expect(await labels()).toEqual(["kind/bug"]);
    expect(world.news()).toEqual([]);
  });

  it("is read once otherwise", async () => {
    await known();
    await known();
    expect(world.news()).toEqual(["pull acme/tool#7"]);
  });

  it("tells nobody whether it can be merged, and whoever acts on its head asks", async () => {
    expect((await known()).mergeable).toBeNull();
    world.news();
    expect((await world.read.pullRequest(pr)).mergeable).toBe(true);
    await world.read.pullRequest(pr);
    expect(world.news()).toHaveLength(2);
  });

  it("takes in labels and assignees that people give and take", async () => {
    await known();
    await second();
    world.labels = ["lgtm"];
    told("labeled", { label: { name: "lgtm" } });
    world.pull = { assignees: [{ login: "Carol" }] };
    told("assigned", { assignee: { login: "Carol" } });
    expect(await labels()).toEqual(["lgtm"]);
    expect((await known()).assignees).toEqual([{ login: "Carol" }]);
    world.labels = [];
    told("unlabeled", { label: { name: "lgtm" } });
    expect(await labels()).toEqual([]);
    expect(world.news()).toEqual(["pull acme/tool#7"]);
  });

  it("takes in what we write, whose webhooks come later and in any order", async () => {
    await known();
    await second();
    await world.write.addLabels(pr, ["LGTM"]);
    await world.write.addLabels(pr, ["size/S"]);
    await world.write.assign(pr, ["bob"]);
    expect(await labels()).toEqual(["LGTM", "size/S"]);
    world.labels = ["lgtm"];
    told("labeled", { label: { name: "lgtm" } });
    world.labels = ["lgtm", "size/S"];
    told("labeled", { label: { name: "size/S" } });
    world.pull = { assignees: [{ login: "bob" }] };
    told("assigned", { assignee: { login: "bob" } });
    expect(await labels()).toEqual(["lgtm", "size/S"]);
    expect((await known()).assignees.map(({ login }) => login)).toEqual(["bob"]);
    await world.write.removeLabel(pr, "lgtm");
    expect(await labels()).toEqual(["size/S"]);
    expect(world.news().filter((what) => what.startsWith("pull"))).toEqual(["pull acme/tool#7"]);
  });

  it.each<[string, () => void | Promise<void>]>([
    [
      "a label is there that nobody told of",
      () => {
        world.labels = ["lgtm", "hold"];
        told("labeled", { label: { name: "lgtm" } });
      },
    ],
    [
      "a label of ours is still missing after a while",
      async () => {
        await world.write.addLabels(pr, ["size/S"]);
        await world.clock.advance(11_000);
        world.labels = ["lgtm"];
        told("labeled", { label: { name: "lgtm" } });
      },
    ],
    [
      "a push was not told of",
      () => {
        world.head = "b".repeat(40);
        world.labels = ["lgtm"];
        told("labeled", { label: { name: "lgtm" } });
      },
    ],
    [
      "news is older than what is known",
      () => {
        world.pull = { updated_at: "2020-01-01T00:00:00Z" };
        world.labels = ["lgtm"];
        told("labeled", { label: { name: "lgtm" } });
      },
    ],
    ["it was edited", () => told("edited")],
    ["somebody pushed", () => told("synchronize")],
    ["it was told of in part", () => world.hearPull("labeled", { label: { name: "lgtm" } })],
    ["it was reviewed", () => world.hear("pull_request_review", { pull_request: { number: pr.number } })],
    ["we edit it", () => world.write.editIssue(pr, { title: "new" })],
    [
      "a write of ours fails, which may have been done",
      async () => {
        world.failure = new Error("502");
        await world.write.addLabels(pr, ["lgtm"]).catch(() => {});
      },
    ],
  ])("is read again when %s", async (_, happens) => {
    await known();
    await second();
    await happens();
    world.news();
    await known();
    expect(world.news()).toEqual(["pull acme/tool#7"]);
  });

  it("is known for a minute at most", async () => {
    await known();
    await world.clock.advance(60_000);
    await known();
    expect(world.news()).toHaveLength(2);
  });
});

describe("the files of a pull request that has just been opened", () => {
  it("are read once when all are there", async () => {
    world.hearPull("opened", { changed_files: 0 });
    await world.read.changedFiles(pr);
    await world.read.changedFiles(pr);
    expect(world.news()).toEqual(["files acme/tool#7"]);
  });
  it("are read again when some are missing still", async () => {
    world.hearPull("opened", { changed_files: 2 });
    await world.read.changedFiles(pr);
    await world.read.changedFiles(pr);
    expect(world.news()).toHaveLength(2);
  });
});

describe("a list of collaborators", () => {
  it("is asked for each time", async () => {
    await world.read.collaborators(tool);
    await world.read.collaborators(tool);
    expect(world.news()).toHaveLength(2);
  });
  it("holds for a minute for those who are on it", async () => {
    world.members = new Set(["alice", "bob"]);
    await world.read.collaborators(tool);
    expect(await world.read.collaborators(tool, ["Alice"])).toHaveLength(2);
    expect(await world.read.isCollaborator(tool, "BOB")).toBe(true);
    expect(world.news()).toHaveLength(1);
    await world.clock.advance(60_000);
    await world.read.collaborators(tool, ["alice"]);
    expect(world.news()).toHaveLength(1);
  });
  it("is asked for again for whoever is not on it", async () => {
    world.members = new Set(["alice"]);
    await world.read.collaborators(tool);
    world.members.add("carol");
    expect(await world.read.collaborators(tool, ["alice", "carol"])).toHaveLength(2);
    expect(await world.read.isCollaborator(tool, "dave")).toBe(false);
    expect(world.news()).toHaveLength(3);
  });
  it("ends with a webhook about people", async () => {
    world.members = new Set(["alice"]);
    await world.read.collaborators(tool);
    world.hear("member", {});
    await world.read.collaborators(tool, ["alice"]);
    expect(world.news()).toHaveLength(2);
  });
});
