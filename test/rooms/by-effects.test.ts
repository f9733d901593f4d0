// Whatever changes GitHub or a cluster is an effect, so that all of it is in the record, with who wanted it and why.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "..", "..", "src");

/** The ports themselves, who carries effects out, and what stands for the outside world. */
const BELOW = /^(effects|github|local|podutils|storage)\//;

/** Why each of the others may. */
const EXCEPTIONS: Record<string, string> = {
  "cmd/mkpj.ts": "a person's own command",
  "cmd/up/local-servers.ts": "namespaces and kinds, before anything runs",
  "hook/mark-store.ts": "what is known of the queue's memory",
  "kube/leader.ts": "who leads",
  "plank/cluster-status.ts": "a question in the form of an object: nothing is kept",
};

/** A method of a write port that is called. */
const WRITES =
  /\bwrite\.(create\w*|replace|patch|delete\w*|add\w*|remove\w*|edit\w*|merge|assign|unassign|request\w*|unrequest\w*|react\w*|update\w*|rerun\w*|approve\w*|pin\w*|transfer\w*)\(/;

test("nobody writes but by effects", () => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const writers = files.filter(
    (file) => !BELOW.test(file) && WRITES.test(readFileSync(join(src, file), "utf8")),
  );
  expect(writers.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
});
