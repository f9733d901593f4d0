// What must be true of a pull request after what was told about it. Deliveries that were not acknowledged may count or not.
import type { Told } from "./deliveries.ts";

/** What a command or an event does to one fact. */
type Change = (told: Told) => boolean | undefined;

const commandOf = ({
  event,
  action,
  payload,
}: Told): { body: string; by: string; open: boolean } | undefined => {
  const { comment, issue } = payload;
  if (event !== "issue_comment" || action !== "created" || !comment || !issue) return undefined;
  return { body: comment.body, by: comment.user.login, open: issue.state === "open" };
};

const onCommands =
  (yes: string, no: string, counts: (by: string, open: boolean) => boolean): Change =>
  (told) => {
    const command = commandOf(told);
    if (!command || !counts(command.by, command.open)) return undefined;
    return command.body === yes ? true : command.body === no ? false : undefined;
  };

const lgtmCommand = onCommands("/lgtm", "/lgtm cancel", (by, open) => open && by !== "grace");

const isPush = ({ event, action }: Told): boolean => event === "pull_request" && action === "synchronize";

/** Label by label. */
export const LABEL_CHANGES: Readonly<Record<string, Change>> = {
  "do-not-merge/hold": onCommands("/hold", "/hold cancel", () => true),
  "kind/bug": onCommands("/kind bug", "/remove-kind bug", () => true),
  lgtm: (told) => (isPush(told) ? false : lgtmCommand(told)),
};

/** undefined: either may be so. `told` are of one pull request, in the order in which they were sent. */
export function truthOf(told: readonly Told[], change: Change, initial = false): boolean | undefined {
  let possible = new Set([initial]);
  for (const [at, one] of told.entries()) {
    const becomes = change(one);
    if (becomes === undefined) continue;
    // One that came, or came again, after what was sent later may have been worked on last.
    const overtaken = told
      .slice(at + 1)
      .some((other) => change(other) !== undefined && isBefore(other.acknowledged, one.acknowledged));
    if (overtaken) return undefined;
    possible = one.acknowledged ? new Set([becomes]) : new Set([...possible, becomes]);
  }
  return possible.size === 1 ? [...possible][0] : undefined;
}

const isBefore = (one: number | undefined, other: number | undefined): boolean =>
  one !== undefined && other !== undefined && one < other;

/** Approvals are counted anew with each command, from all comments that there are. */
export function approvedOf(told: readonly Told[]): boolean | undefined {
  const commands = told.filter((one) => {
    const command = commandOf(one);
    return command?.by === "ada" && /^\/approve( cancel)?$/.test(command.body);
  });
  const last = commands.at(-1);
  if (!last) return false;
  const certain = last.acknowledged && commandOf(last)!.open;
  return certain ? commandOf(last)!.body === "/approve" : undefined;
}

/** Whether it is open, unless it was merged. */
export const openOf = (told: readonly Told[]): boolean | undefined =>
  truthOf(
    told,
    (one) => {
      const command = commandOf(one);
      if (command?.body === "/close" && command.open) return false;
      return command?.body === "/reopen" && !command.open ? true : undefined;
    },
    true,
  );

/** A comment that asks for something that cannot be, and is answered: once, with its address. */
export const isRefused = (told: Told): boolean => {
  const command = commandOf(told);
  return command?.body === "/lgtm" && command.by === "grace" && command.open;
};

/** Names of the jobs that it starts for certain. */
export function startsOf(told: Told, head: string): string[] {
  const { event, action, payload } = told;
  const starts = event === "pull_request" && ["opened", "synchronize", "reopened"].includes(action);
  // What was pushed over meanwhile need not be tested.
  if (starts) return payload.pull_request?.head.sha === head ? ["unit", "flaky"] : [];
  const command = commandOf(told);
  return command?.body === "/test extra" && command.open ? ["extra"] : [];
}
