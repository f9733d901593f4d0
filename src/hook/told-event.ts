// A delivery in one line for people, and what it is about: the first thing that the record has of it.
import type { Cause } from "../lib/cause.ts";
import { cutText } from "../lib/cut-text.ts";
import { isRecord } from "../lib/schema.ts";
import { type Delivery, groupOf, payloadOf, repoOf } from "../model/delivery.ts";
import type { Event, PullRequestEvent } from "../model/event.ts";
import type { Entry } from "../record/port.ts";

/** Of a comment as much is told as fits a line. */
const LONGEST_QUOTE = 120;

/** Who and what began it; every change that follows is made on its behalf. */
export function causeOf(delivery: Delivery, events: readonly Event[]): Cause {
  const { guid } = delivery;
  const payload = payloadOf(delivery);
  const sender = payload["sender"];
  const actor = isRecord(sender) && typeof sender["login"] === "string" ? sender["login"] : undefined;
  const number = /#(\d+)$/.exec(groupOf(payload))?.[1];
  const sha = shasOf(events)[0];
  const repo = repoOf(payload);
  return {
    component: "hook",
    guid,
    ...(actor && { actor }),
    ...(repo?.repo && repo),
    ...(number && { pr: Number(number) }),
    ...(sha && { sha }),
  };
}

/** The entry of a delivery. */
export function eventEntry(
  delivery: Delivery,
  events: readonly Event[],
  { pr, sha: _, component, ...cause }: Cause,
  at: Date,
): Entry {
  const [first] = events;
  const pulls = pr !== undefined ? [pr] : first?.kind === "check" ? first.pulls : [];
  const shas = shasOf(events);
  return {
    ...{ at: at.toISOString(), kind: "event", component, ...cause },
    act: delivery.event,
    ...(pulls.length > 0 && { pulls }),
    ...(shas.length > 0 && { shas }),
    what: first ? tellEvent(first) : unknownEvent(delivery),
  };
}

function unknownEvent(delivery: Delivery): string {
  const { action } = payloadOf(delivery);
  return typeof action === "string" ? `${delivery.event} ${action}` : delivery.event;
}

function shasOf([event]: readonly Event[]): string[] {
  if (!event) return [];
  if (event.kind === "push") return [event.after];
  if (event.kind === "status" || event.kind === "check") return [event.sha];
  if (event.kind === "comment") return event.commitId ? [event.commitId] : [];
  if (event.kind === "issue") return [];
  const { head, merged, merge_commit_sha: merge } = event.pr;
  return merged && merge ? [head.sha, merge] : [head.sha];
}

/** For example `commented: /lgtm`; who did it is told beside it. */
function tellEvent(event: Event): string {
  switch (event.kind) {
    case "comment":
      return `${event.action === "created" ? "commented" : `${event.action} a comment`}: ${quote(event.body)}`;
    case "pull_request":
      return tellPull(event);
    case "review":
      return `${event.action} a review: ${event.review.state.toLowerCase().replace("_", " ")} ${quote(event.review.body ?? "")}`.trimEnd();
    case "issue":
      return event.label
        ? `${event.action} ${event.label.name}`
        : `${event.action} the issue: ${quote(event.title)}`;
    case "push":
      return event.deleted
        ? `deleted ${branchOf(event.ref)}`
        : `pushed ${short(event.after)} to ${branchOf(event.ref)}`;
    case "status":
      return `status ${event.context} is ${event.state}: ${quote(event.description)}`;
    case "check":
      return `asked for ${event.identifier ?? "another run"} of ${event.run?.name ?? "all check runs"}`;
    default:
      event satisfies never;
      return "";
  }
}

function tellPull({ action, pr, label }: PullRequestEvent): string {
  if (action === "opened") return `opened the pull request: ${quote(pr.title)}`;
  if (action === "synchronize") return `pushed ${short(pr.head.sha)}`;
  if (action === "closed")
    return pr.merged
      ? `merged the pull request as ${short(pr.merge_commit_sha ?? "")}`
      : "closed the pull request";
  return label ? `${action} ${label.name}` : `${action.replaceAll("_", " ")} the pull request`;
}

const branchOf = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, "");
const short = (sha: string): string => sha.slice(0, 7);

/** The commands, or the first line that says something. */
function quote(text: string): string {
  const lines = text
    .slice(0, 5_000)
    .split("\n")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const commands = lines.filter((each) => /^\/[a-z]/i.test(each)).join(" ");
  return cutText(commands || (lines[0] ?? ""), LONGEST_QUOTE);
}
