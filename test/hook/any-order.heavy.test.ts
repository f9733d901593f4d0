// Webhooks come in any order: whichever it is, a pull request ends as if they had come in the order in which it happened.
// ORDERS=120 for all orders of every history; without it some of them.
import { afterAll, beforeAll, expect, test } from "vitest";
import { seeded } from "../../scripts/seeded.ts";
import { commit, lib, openPull } from "../local/github/world.ts";
import { type EndState, type OrderWorld, orderWorld, type Webhook } from "./order-world.ts";

/** One deed of somebody; each makes one webhook. */
type Deed = (world: OrderWorld, pull: { number: number; branch: string }) => Promise<unknown>;

const MOST_ORDERS = Number(process.env["ORDERS"] ?? 6);
const BETWEEN_MS = 60_000;
const LONGEST_DELAY_MS = 15 * 60_000;

let serial = 0;
const push: Deed = ({ github }, { branch }) =>
  commit(github.as("alice"), lib, branch, `files/${++serial}.txt`, `${serial}\n`);
const comment =
  (login: string, body: string): Deed =>
  ({ github }, { number }) =>
    github.as(login).issues.createComment({ ...lib, issue_number: number, body });
const label =
  (name: string): Deed =>
  ({ github }, { number }) =>
    github.as("carol").issues.addLabels({ ...lib, issue_number: number, labels: [name] });
const close: Deed = ({ github }, { number }) =>
  github.as("alice").pulls.update({ ...lib, pull_number: number, state: "closed" });

/** After the opening. */
const HISTORIES: [string, readonly Deed[]][] = [
  ["new commits after lgtm", [label("kind/bug"), comment("carol", "/lgtm"), push, comment("bob", "/hold")]],
  ["lgtm between new commits", [label("kind/bug"), push, comment("carol", "/lgtm"), push]],
  ["lgtm for the last of several commits", [push, push, comment("carol", "/lgtm"), label("kind/bug")]],
  ["closed in the end", [push, comment("carol", "/lgtm"), comment("bob", "/hold"), close]],
];

let world: OrderWorld;
beforeAll(async () => {
  world = await orderWorld();
});
afterAll(() => world.close());

/** The pull request, and its webhooks in the order in which it happened; `live` has each handled at once. */
async function lived(
  deeds: readonly Deed[],
  live: boolean,
): Promise<{ number: number; webhooks: Webhook[] }> {
  const branch = `change-${++serial}`;
  const webhooks: Webhook[] = [];
  const hear = async () => {
    const came = await world.webhooks();
    const about = came.filter(({ event }) => event !== "push" && event !== "create");
    webhooks.push(...about);
    if (live) for (const webhook of about) await world.handle(webhook);
    world.clock.pass(BETWEEN_MS);
  };
  const { number } = await openPull(world.github.as("alice"), branch, `files/${++serial}.txt`, `${serial}\n`);
  await hear();
  for (const deed of deeds) {
    await deed(world, { number, branch });
    await hear();
  }
  return { number, webhooks };
}

function orders<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, at) =>
    orders(list.filter((_, other) => other !== at)).map((rest) => [first, ...rest]),
  );
}

/** Without what is each pull request's own. */
async function endOf(number: number): Promise<EndState> {
  const { data } = await world.github.as("alice").pulls.get({ ...lib, pull_number: number });
  const told = JSON.stringify(await world.endOf(number));
  return JSON.parse(told.replaceAll(data.head.sha, "HEAD").replaceAll(`/${number}`, "/N")) as EndState;
}

const labelsOf = async (issue_number: number) =>
  (await world.github.as("alice").issues.listLabelsOnIssue({ ...lib, issue_number })).data.map(
    ({ name }) => name,
  );

test.each(HISTORIES)("%s", async (_, deeds) => {
  const live = await lived(deeds, true);
  await world.webhooks();
  const { begun: __, ...expected } = await endOf(live.number);
  // All of it is over before the first webhook comes, as after an outage.
  const { number, webhooks } = await lived(deeds, false);
  expect(webhooks).toHaveLength(deeds.length + 1);
  const labels = await labelsOf(number);
  const chance = seeded(7);
  const all = orders([...webhooks.keys()]);
  while (all.length > MOST_ORDERS) all.splice(chance.below(all.length), 1);
  for (const order of all) {
    await world.undo(number, labels);
    for (const at of order) {
      world.clock.pass(chance.below(LONGEST_DELAY_MS));
      await world.handle(webhooks[at]!);
      await world.webhooks();
    }
    const { begun, ...end } = await endOf(number);
    const told = order.join(" ");
    expect(end, told).toEqual(expected);
    // Nothing of an old head has begun.
    expect(new Set(begun), told).toEqual(new Set(end.running));
  }
});
