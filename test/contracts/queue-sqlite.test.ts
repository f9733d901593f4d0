// The queue contract on SQLite files.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queueContract } from "./queue.ts";

queueContract("SQLite", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-queue-"));
  return {
    url: `sqlite:${join(directory, "queue.db")}`,
    dispose: () => rm(directory, { recursive: true }),
  };
});
