// Labels of which one excludes the others, set and taken off by a command: /stage, /lifecycle.
import type { CommandPattern } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent } from "../model/event.ts";
import type { Label } from "../model/github.ts";
import { hasLabel } from "../model/labels.ts";
import { replyTo } from "../model/reply.ts";
import { commentIssue, currentLabels, quoted } from "./event-issue.ts";
import type { Context } from "./plugin.ts";

export interface ExclusiveLabels {
  /** Group 1 is `remove-` or empty, group 2 the name. */
  pattern: CommandPattern;
  prefix: string;
  names: readonly string[];
  /** What is answered instead of setting the label, when it may not be set. */
  refuse?(label: string): string | undefined;
}

/** Every command of the comment in its order, each seeing what the ones before it have done. */
export async function exclusiveLabels(
  event: CommentEvent,
  { names, pattern, prefix, refuse }: ExclusiveLabels,
  { read }: Context,
): Promise<Effect[]> {
  const commands = pattern.all(event.body);
  if (commands.length === 0) return [];
  const issue = commentIssue(event);
  const effects: Effect[] = [];
  let now: Label[] | undefined;
  const refusals = new Set<string>();
  for (const [, remove = "", name = ""] of commands) {
    const label = prefix + name;
    const refused = remove ? undefined : refuse?.(label);
    if (refused) {
      if (!refusals.has(refused)) effects.push(replyTo(issue, quoted(event), refused));
      refusals.add(refused);
      continue;
    }
    now ??= await currentLabels(event, read);
    if (hasLabel(label, now) === (remove === "")) continue;
    const others = names.map((other) => prefix + other).filter((other) => other !== label);
    const outdated = remove ? [label] : others.filter((other) => hasLabel(other, now!));
    effects.push(...outdated.map((old): Effect => ({ do: "removeLabel", issue, label: old })));
    now = now.filter(({ name: set }) => !outdated.some((old) => hasLabel(old, [{ name: set }])));
    if (remove) continue;
    effects.push({ do: "addLabels", issue, labels: [label] });
    now = [...now, { name: label }];
  }
  return effects;
}
