// The record's entry of one change: who made it, why, and what came of it.
import { currentCause } from "../lib/cause.ts";
import { errorText } from "../lib/error-text.ts";
import type { Effect } from "../model/effect.ts";
import type { Entry, RecordWrite } from "../record/port.ts";
import { aboutEffect } from "./about.ts";
import { printEffect } from "./print.ts";

type Outcome = Pick<Entry, "ms" | "dry"> & { failure?: unknown };

export function recordEffect(
  record: RecordWrite,
  effect: Effect,
  at: Date,
  { failure, ...outcome }: Outcome,
): void {
  const cause = currentCause();
  const { component, plugin, guid, actor, because } = cause;
  record.append({
    at: at.toISOString(),
    kind: "effect",
    what: whatWas(effect),
    act: effect.do,
    ...{ component, plugin, guid, actor, because },
    ...aboutEffect(effect, cause),
    ...outcome,
    ...(failure !== undefined && { error: errorText(failure) }),
  });
}

/** As a dry run prints it; of a job's new state what a person wants to know. */
function whatWas(effect: Effect): string {
  if (effect.do !== "patchProwJob") return printEffect(effect);
  const { status, spec } = effect.patch as {
    status?: { state?: string; description?: string };
    spec?: { cluster?: string };
  };
  if (status?.state) {
    const { state, description } = status;
    return `ProwJob ${effect.name} is ${state}${description ? `: ${description}` : ""}`;
  }
  return spec?.cluster ? `ProwJob ${effect.name} goes to cluster ${spec.cluster}` : printEffect(effect);
}
