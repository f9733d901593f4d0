// /hold keeps a pull request from being merged until /hold cancel.
import { command } from "../model/commands.ts";
import { HOLD, hasLabel } from "../model/labels.ts";
import { commentIssue, currentLabels } from "./event-issue.ts";
import { labelChange } from "./label-change.ts";
import type { Plugin } from "./plugin.ts";

const HOLD_COMMAND = command("(?mi)^/hold(\\s.*)?$");
const CANCEL_COMMAND = command("(?mi)^/(remove-hold|hold\\s+cancel|unhold)(\\s.*)?$");

export const hold: Plugin = {
  name: "hold",
  on: ["comment"],
  description: `The hold plugin allows anyone to add or remove the '${HOLD}' Label from a pull request in order to temporarily prevent the PR from merging without withholding approval.`,
  commands: [
    {
      usage: "/[remove-][un]hold [cancel]",
      description: `Adds or removes the \`${HOLD}\` Label which is used to indicate that the PR should not be automatically merged.`,
      featured: false,
      whoCanUse: `Anyone can use the /hold command to add or remove the '${HOLD}' Label.`,
      examples: ["/hold", "/hold cancel", "/unhold", "/remove-hold"],
    },
  ],
  async handle(event, { read }) {
    if (event.kind !== "comment" || event.action !== "created" || !event.isPR) return [];
    const want = wanted(event.body);
    if (want === undefined) return [];
    const has = hasLabel(HOLD, await currentLabels(event, read));
    return labelChange(commentIssue(event), HOLD, has, want);
  },
};

/** Cancelling wins when a comment says both. */
function wanted(body: string): boolean | undefined {
  if (CANCEL_COMMAND.test(body)) return false;
  return HOLD_COMMAND.test(body) ? true : undefined;
}
