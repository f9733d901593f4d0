// What hook says in its log that no ledger tells.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** GUIDs of events. */
export interface HookLog {
  /** Of those that no webhook had told of when hook looked, and that it worked on as if one had. */
  invented: ReadonlySet<string>;
  /** Of those that had been overtaken by what happened since, and so started nothing. */
  over: ReadonlySet<string>;
}

interface Line {
  message?: string;
  "event-GUID"?: string;
}

export function readHookLog(directory: string): HookLog {
  const lines = readdirSync(directory)
    .filter((name) => name.startsWith("hook-"))
    .flatMap((name) => readFileSync(join(directory, name), "utf8").split("\n"));
  const guidsOf = (words: string) =>
    new Set(
      lines.filter((line) => line.includes(words)).map((line) => (JSON.parse(line) as Line)["event-GUID"]!),
    );
  return {
    invented: guidsOf("No webhook told of this"),
    over: guidsOf("The event tells of what is over"),
  };
}
