// A label that one condition decides about: there or not, as wanted.
import type { Effect } from "../model/effect.ts";
import type { IssueRef } from "../model/github.ts";

/** Nothing when it is as wanted already. */
export function labelChange(issue: IssueRef, label: string, has: boolean, want: boolean): Effect[] {
  if (has === want) return [];
  return [want ? { do: "addLabels", issue, labels: [label] } : { do: "removeLabel", issue, label }];
}
