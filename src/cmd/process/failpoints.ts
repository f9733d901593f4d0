// Named places where a process fails on purpose, to prove that nothing is lost there: FAILPOINT=github.createComment.after:kill
import { GitError } from "../../git/error.ts";
import type { CherryPicks } from "../../git/port.ts";
import { GitHubError } from "../../github/error.ts";
import type { GitHub, GitHubWrite } from "../../github/port.ts";
import { KubeError } from "../../kube/error.ts";
import type { Clusters, Kube, KubeWrite } from "../../kube/port.ts";
import type { Clock } from "../../lib/clock.ts";
import { UsageError } from "../../lib/flags.ts";
import { madeOnce } from "../../lib/kept/made-once.ts";
import { nearest } from "../../lib/nearest.ts";
import { MessageError } from "../../messages/error.ts";
import type { Publisher, Slack } from "../../messages/port.ts";
import type { Kind } from "../../model/kube-object.ts";
import { LEASE } from "../../model/lease.ts";
import type { Queue, WorkOptions } from "../../queue/port.ts";
import { StorageError } from "../../storage/error.ts";
import type { BlobWrite } from "../../storage/port.ts";

/** Every effect on the world outside, by the port that has it. Each has a point before and a point after. */
const EFFECTS = {
  github: {
    ...{ addLabels: 1, removeLabel: 1, createComment: 1, editComment: 1, deleteComment: 1, createStatus: 1 },
    ...{ createCheckRun: 1, updateCheckRun: 1, rerunFailedJobs: 1, approveWorkflowRun: 1, pinIssue: 1 },
    ...{ transferIssue: 1, assign: 1, unassign: 1, requestReviews: 1, unrequestReviews: 1, createReview: 1 },
    ...{ editIssue: 1, react: 1, reactToComment: 1, deleteBranch: 1, fork: 1, createPullRequest: 1 },
    ...{ createIssue: 1, merge: 1 },
  } satisfies Record<keyof GitHubWrite, 1>,
  kube: { create: 1, replace: 1, patch: 1, delete: 1 } satisfies Record<keyof KubeWrite, 1>,
  storage: { write: 1 } satisfies Record<keyof BlobWrite, 1>,
  slack: { post: 1 } satisfies Record<keyof Slack, 1>,
  pubsub: { publish: 1 } satisfies Record<keyof Publisher, 1>,
  git: { push: 1 } satisfies Partial<Record<keyof CherryPicks, 1>>,
  // `take`: before and after a delivery is worked on. After that it is taken off the list.
  queue: { add: 1, take: 1 },
  outside: { add: 1, take: 1 },
  hook: { answer: 1 },
} as const;
type Room = keyof typeof EFFECTS;

const SIDES = ["before", "after"] as const;
type Side = (typeof SIDES)[number];

export const FAILPOINT_NAMES: readonly string[] = Object.entries(EFFECTS).flatMap(([room, effects]) =>
  Object.keys(effects).flatMap((effect) => SIDES.map((side) => `${room}.${effect}.${side}`)),
);

/** `error` looks like an answer that never came: the caller cannot know whether it was done. */
const ERRORS: Record<Room, (message: string) => Error> = {
  github: (message) => new GitHubError(0, message),
  kube: (message) => new KubeError(0, "", message),
  storage: (message) => new StorageError(0, message),
  slack: (message) => new MessageError(0, "", message),
  pubsub: (message) => new MessageError(0, "", message),
  git: (message) => new GitError(message),
  queue: (message) => new GitHubError(0, message),
  outside: (message) => new GitHubError(0, message),
  hook: (message) => new Error(message),
};

interface Failpoint {
  name: string;
  action: "kill" | "delay" | "error";
  /** Only the n-th time; undefined: each time. */
  nth: number | undefined;
  delayMs: number;
}

export interface Failpoints {
  /** For the log. */
  readonly text: string;
  /** Ends the process, waits or throws when that point is set. */
  at(room: Room, effect: string, side: Side): Promise<void>;
}

const DELAY_MS = 1_000;

/** undefined for no text. Throws UsageError that names what can be meant. */
export function parseFailpoints(
  text: string | undefined,
  { clock, kill }: { clock: Pick<Clock, "sleep">; kill: (point: string) => void },
): Failpoints | undefined {
  if (!text) return undefined;
  const points = text.split(",").map((one) => parseOne(one.trim()));
  const passed = new Map<string, number>();
  return {
    text,
    async at(room, effect, side) {
      const name = `${room}.${effect}.${side}`;
      const times = (passed.get(name) ?? 0) + 1;
      passed.set(name, times);
      for (const point of points) {
        if (point.name !== name || (point.nth !== undefined && point.nth !== times)) continue;
        if (point.action === "kill") kill(name);
        else if (point.action === "delay") await clock.sleep(point.delayMs);
        else throw ERRORS[room](`failpoint ${name}`);
      }
    },
  };
}

function parseOne(text: string): Failpoint {
  const [name = "", action = "", ...numbers] = text.split(":");
  if (!FAILPOINT_NAMES.includes(name)) throw new UsageError(unknownName(name));
  const most = { kill: 1, error: 1, delay: 2 }[action];
  if (most === undefined || !(action === "kill" || action === "error" || action === "delay")) {
    throw new UsageError(`FAILPOINT ${text}: write ${name}:kill, ${name}:delay:MS or ${name}:error`);
  }
  if (numbers.length > most || numbers.some((number) => !/^[1-9]\d{0,8}$/.test(number))) {
    const form =
      action === "delay"
        ? "delay:MS or delay:MS:N, N the time that counts"
        : `${action}:N, the time that counts`;
    throw new UsageError(`FAILPOINT ${text}: write ${name}:${form}`);
  }
  const [delay, nth] = action === "delay" ? numbers : [undefined, numbers[0]];
  return {
    name,
    action,
    nth: nth === undefined ? undefined : Number(nth),
    delayMs: Number(delay ?? DELAY_MS),
  };
}

function unknownName(name: string): string {
  const near = nearest(name, FAILPOINT_NAMES);
  const [room = ""] = name.split(".");
  const alike = FAILPOINT_NAMES.filter((known) => known.startsWith(`${room}.`));
  const names = alike.length > 0 ? alike : FAILPOINT_NAMES;
  return `FAILPOINT: there is no ${JSON.stringify(name)}${near ? `; did you mean ${near}?` : ""} There are ${names.join(", ")}`;
}

/** The same object, its effects passing their points. Without points it is the object itself. */
export function withPoints<T extends object>(
  points: Failpoints | undefined,
  room: Room,
  port: T,
  skip: (effect: string, argument: unknown) => boolean = () => false,
): T {
  if (!points) return port;
  const effects: Readonly<Record<string, unknown>> = EFFECTS[room];
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") return value;
      const call = value.bind(target) as (...given: unknown[]) => unknown;
      if (typeof key !== "string" || !Object.hasOwn(effects, key)) return call;
      return async (...given: unknown[]) => {
        if (skip(key, given[0])) return call(...given);
        await points.at(room, key, "before");
        const result = await call(...given);
        await points.at(room, key, "after");
        return result;
      };
    },
  });
}

export const githubWithPoints = (points: Failpoints | undefined, github: GitHub): GitHub =>
  points ? { ...github, write: withPoints(points, "github", github.write) } : github;

/** Who leads is no effect: leases are written every second, and would be what is counted. */
const isLease = (_effect: string, kind: unknown): boolean => (kind as Kind).plural === LEASE.plural;

export function clustersWithPoints(points: Failpoints | undefined, clusters: Clusters): Clusters {
  if (!points) return clusters;
  const one = madeOnce(
    ({ read, write }: Kube): Kube => ({ read, write: withPoints(points, "kube", write, isLease) }),
  );
  return {
    ...clusters,
    home: one(clusters.home),
    build(alias) {
      const kube = clusters.build(alias);
      return kube && one(kube);
    },
  };
}

/** `room` tells hook's two queues apart. */
export function queueWithPoints(
  points: Failpoints | undefined,
  room: "queue" | "outside",
  queue: Queue,
): Queue {
  if (!points) return queue;
  const work: Queue["work"] = (handle, options: WorkOptions) =>
    queue.work(async (item, attempt) => {
      await points.at(room, "take", "before");
      await handle(item, attempt);
      await points.at(room, "take", "after");
    }, options);
  const adding = withPoints(points, room, queue);
  return new Proxy(adding, { get: (target, key) => (key === "work" ? work : Reflect.get(target, key)) });
}
