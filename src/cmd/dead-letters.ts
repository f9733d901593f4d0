// cutwater dead-letters: webhooks that could not be worked off, and another try for them.
import { resolve } from "node:path";
import { errorText } from "../lib/error-text.ts";
import { bool, int } from "../lib/flags.ts";
import { silent } from "../lib/logger.ts";
import { isRedis } from "../lib/place.ts";
import { aboutLetter, deadLetterView } from "../model/dead-letter.ts";
import { openQueues } from "../queue/open.ts";
import type { Queue } from "../queue/port.ts";
import type { Host } from "./command.ts";
import { dataFlag } from "./wiring/flag-groups.ts";
import { presentQueueURL, queueFlags } from "./wiring/queue-url.ts";
import { InputError, tool } from "./wiring/tool.ts";

const VERBS = ["list", "replay"] as const;

export const deadLetters = tool("dead-letters", {
  args: "list|replay [flags] [ID...]",
  flags: {
    ...queueFlags,
    ...dataFlag,
    all: bool(false, "replay: every one."),
    limit: int(100, "list: how many, the newest first."),
    json: bool(false, "list: as JSON."),
  },
  async run({ values, args: [word = "", ...ids] }, host) {
    const verb = VERBS.find((known) => known === word);
    if (!verb) throw new InputError("do what? cutwater dead-letters list, or replay ID...");
    if (verb === "list" && ids.length > 0)
      throw new InputError(`unexpected argument ${JSON.stringify(ids[0])}`);
    if (verb === "replay" && ids.length === 0 && !values.all)
      throw new InputError("which ones? cutwater dead-letters replay ID..., or --all");
    const queues = await opened(
      await presentQueueURL({ ...values, data: resolve(host.cwd, values.data) }),
      host,
    );
    try {
      return verb === "list" ? await list(queues, values, host) : await replay(queues, ids, host);
    } finally {
      await Promise.all(queues.map(([, queue]) => queue.close()));
    }
  },
});

type Named = [name: string, queue: Queue][];

/** A file is one process's: hook must not run meanwhile. */
async function opened(url: string, { clock, random }: Host): Promise<Named> {
  try {
    return Object.entries(await openQueues({ url, clock, random, log: silent }));
  } catch (error) {
    const elsewhere = isRedis(url) ? "" : "; of a Cutwater that runs deck shows them, at /dead-letters";
    throw new InputError(`${errorText(error)}${elsewhere}`);
  }
}

async function list(
  queues: Named,
  { limit, json }: { limit: number; json: boolean },
  host: Host,
): Promise<number> {
  const views = [];
  for (const [name, queue] of queues) {
    let left = limit;
    for await (const letter of queue.dead()) {
      if (left-- <= 0) break;
      views.push(deadLetterView(name, letter));
    }
  }
  if (json) host.out(JSON.stringify(views, undefined, 2));
  else if (views.length === 0) host.out("There are no dead letters.");
  else
    for (const view of views) {
      const { id, event, action, failedAt, attempts, error } = view;
      const about = aboutLetter(view) ?? "-";
      host.out(
        `${id}  ${failedAt}  ${event}${action && `.${action}`}  ${about}  after ${attempts}: ${oneLine(error)}`,
      );
    }
  return 0;
}

/** No ids: all of them. */
async function replay(queues: Named, ids: readonly string[], host: Host): Promise<number> {
  let left = ids;
  for (const [name, queue] of queues) {
    const there: string[] = [];
    for await (const { id } of queue.dead()) there.push(id);
    const wanted = ids.length === 0 ? there.reverse() : ids.filter((id) => there.includes(id));
    for (const id of wanted) {
      await queue.replay(id);
      host.out(`${id} is back in the queue ${name}.`);
    }
    left = left.filter((id) => !wanted.includes(id));
  }
  for (const id of left) host.err(`There is no dead letter ${id}.`);
  return left.length > 0 ? 1 : 0;
}

/** An error may quote anything. */
const oneLine = (text: string): string => text.replace(/\p{C}+/gu, " ").slice(0, 300);
