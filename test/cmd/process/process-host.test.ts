import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";

const source = join(import.meta.dirname, "../../../src/cmd/process/process-host.ts");
const program = `import { processHost } from ${JSON.stringify(source)};
processHost().signal.addEventListener("abort", () => console.log("stopping"));
setInterval(() => {}, 1000);
console.log("ready");`;

test("a signal that arrives twice is one wish to stop; a later one ends the process", async () => {
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
  const line = async () => String((await once(child.stdout, "data"))[0]).trim();
  expect(await line()).toBe("ready");
  child.kill("SIGTERM");
  expect(await line()).toBe("stopping");
  child.kill("SIGTERM");
  await pause(400);
  expect(child.exitCode).toBeNull();
  child.kill("SIGINT");
  expect((await once(child, "exit"))[0]).toBe(130);
});

test("a tool whose reader has enough ends without a word", async () => {
  const main = join(import.meta.dirname, "../../../src/main.ts");
  const fixtures = join(import.meta.dirname, "..", "..", "fixtures", "tools", "old");
  const child = spawn(process.execPath, [
    main,
    "render",
    ...["--config-path", join(fixtures, "config.yaml"), "--job-config-path", join(fixtures, "jobs")],
  ]);
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (part) => {
    err += part;
  });
  expect([(await once(child, "close"))[0], err]).toEqual([141, ""]);
});
