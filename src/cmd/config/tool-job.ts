// A job by its name, and what to say when there is none.
import { nearest } from "../../lib/nearest.ts";
import type { Configured } from "../../tools/effective.ts";
import { InputError } from "../wiring/tool.ts";

/** `repo` is what the search was narrowed to; "" is all. */
export function noSuchJob(name: string, all: readonly Configured[], repo = ""): InputError {
  const elsewhere = all.filter((one) => one.job.name === name).map((one) => one.repo ?? "no repository");
  const where = repo ? ` for ${repo}` : "";
  if (elsewhere.length) {
    return new InputError(
      `job ${name} is not configured${where}, but for ${[...new Set(elsewhere)].join(", ")}`,
    );
  }
  const near = nearest(name, new Set(all.map((one) => one.job.name)));
  return new InputError(`Job ${name} not found${where}.${near ? ` Did you mean ${near}?` : ""}`);
}
