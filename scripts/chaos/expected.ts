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

/**
 * undefined: either may be so. `told` are of one pull request; `mayBeVoid`: what need not count, though it came. Of two of
 * which one may have been stored before the other or after, either may count: what was sent again may have been done again.
 */
export function truthOf(
  told: readonly Told[],
  change: Change,
  { initial = false, mayBeVoid }: { initial?: boolean; mayBeVoid?: (told: Told) => boolean } = {},
): boolean | undefined {
  const changes = told.filter((one) => change(one) !== undefined);
  const certain = changes.filter((one) => one.acknowledged && !mayBeVoid?.(one));
  const last = changes.filter((one) => !certain.some((other) => other.first > one.last));
  const possible = new Set([...last.map(change), ...(certain.length > 0 ? [] : [initial])]);
  return possible.size === 1 ? [...possible][0] : undefined;
}

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
    { initial: true },
  );

/** A comment that asks for something that cannot be, and is answered: once, with its address. */
export const isRefused = (told: Told): boolean => {
  const command = commandOf(told);
  return command?.body === "/lgtm" && command.by === "grace" && command.open;
};

const isPullEvent = ({ event, action }: Told, ...actions: readonly string[]): boolean =>
  event === "pull_request" && actions.includes(action);

/** After it, what was told of the pull request before may be over. */
export const endsOlder = (told: Told): boolean => isPullEvent(told, "synchronize", "closed", "reopened");

export const startsTests = (told: Told): boolean => isPullEvent(told, "opened", "synchronize", "reopened");

/** Names of the jobs that it starts, unless it is over by the time that it is worked on. */
export function startsOf(told: Told): string[] {
  if (startsTests(told)) return ["unit", "flaky"];
  const command = commandOf(told);
  return command?.body === "/test extra" && command.open ? ["extra"] : [];
}
