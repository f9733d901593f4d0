import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { aloneIn } from "../../../src/cmd/process/data-directory.ts";

test("a directory has one user at a time, and a process that was killed leaves no lock", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cutwater-alone-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const script = join(directory, "holder.ts");
  const source = join(import.meta.dirname, "../../../src/cmd/process/data-directory.ts");
  writeFileSync(
    script,
    `import { aloneIn } from ${JSON.stringify(source)};
     void aloneIn(${JSON.stringify(directory)}, () => new Promise(() => process.send("held")));
     setInterval(() => {}, 1000);`,
  );
  const holder = fork(script, { execArgv: ["--disable-warning=ExperimentalWarning"] });
  await once(holder, "message");
  const second = aloneIn(directory, async () => "mine");
  await expect(second).rejects.toThrow(`${directory} is in use by another Cutwater (pid ${holder.pid})`);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(await aloneIn(directory, async () => "mine")).toBe("mine");
  expect(await aloneIn(directory, async () => "again")).toBe("again");
});
