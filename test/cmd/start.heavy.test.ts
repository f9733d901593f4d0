// What keeps a component from starting is said in one line, whichever file or flag it is.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

describe("at the start", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "cutwater-start-"));
    writeFileSync(join(directory, "config.yaml"), "log_level: error\n");
    writeFileSync(join(directory, "plugins.yaml"), "plugins: {}\n");
    writeFileSync(join(directory, "token"), "token\n");
    writeFileSync(join(directory, "hmac"), "secret\n");
    writeFileSync(join(directory, "empty"), "\n");
    const cluster = "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]";
    const context = "contexts: [{name: c, context: {cluster: c}}]\ncurrent-context: c";
    writeFileSync(join(directory, "kubeconfig"), `${cluster}\n${context}\n`);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const cutwater = join(import.meta.dirname, "..", "..", "bin", "cutwater");
  const common = ["--config-path=config.yaml", "--health-port=0", "--metrics-port=0"];
  const kube = "--kubeconfig=kubeconfig";
  const hook = ["hook", ...common, "--github-token-path=token", "--plugin-config=plugins.yaml", "--port=0"];

  test("a component stops in good order when its kubeconfig changes, to be started again", async () => {
    writeFileSync(join(directory, "config.yaml"), "log_level: info\n");
    const child = spawn(cutwater, ["sinker", ...common, kube], {
      cwd: directory,
      env: { PATH: "/usr/bin:/bin" },
    });
    const said: string[] = [];
    for await (const line of createInterface(child.stderr)) {
      said.push(JSON.parse(line).message);
      if (said.at(-1) === "sinker is running.") {
        const text = readFileSync(join(directory, "kubeconfig"), "utf8");
        writeFileSync(join(directory, "kubeconfig"), text.replace("127.0.0.1:1", "127.0.0.1:2"));
      }
    }
    expect(said.slice(-2)).toEqual([
      "The kubeconfig files have changed: stopping, to be started again with them.",
      "sinker has stopped.",
    ]);
    expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(0);
  });

  test.each([
    [["plank", ...common, "--kubeconfig=/nope"], "kubeconfig /nope: ENOENT"],
    [
      ["plank", ...common, kube, "--label-selector=,"],
      "--label-selector=, is no label selector: found ',', expected: !, identifier, or 'end of string'",
    ],
    [["crier", ...common, kube], "crier need to have at least one report worker to start"],
    [[...hook, kube, "--hmac-secret-file=/nope"], "--hmac-secret-file=/nope cannot be used: ENOENT"],
    [
      [...hook, kube, "--hmac-secret-file=empty"],
      "--hmac-secret-file=empty cannot be used: it holds no secret",
    ],
    [[...hook, kube, "--hmac-secret-file=hmac", "--data=empty/data"], "--data=empty/data cannot be used: "],
    [
      ["tide", ...common, kube, "--github-token-path=token", "--port=0", "--history-uri=az://b/k"],
      "--history-uri=az://b/k cannot be used: az://b/k: no storage of this kind",
    ],
    [
      ["crier", ...common, kube, "--blob-storage-workers=1", "--s3-credentials-file=/nope"],
      "--s3-credentials-file=/nope cannot be read: ENOENT",
    ],
    [
      ["deck", ...common, kube, "--show-hidden", "--tenant-id=a"],
      "--hidden-only, --show-hidden and --tenant-id are mutually exclusive",
    ],
    [["sinker", "--no-such-flag", "--nor-this=1"], "unknown flag --no-such-flag\nunknown flag --nor-this"],
  ])("%j is answered in plain words", (args, message) => {
    const ended = spawnSync(cutwater, args, {
      cwd: directory,
      encoding: "utf8",
      timeout: 60_000,
      env: { PATH: "/usr/bin:/bin" },
    });
    expect(ended.status).toBe(2);
    expect(ended.stderr).not.toContain("    at ");
    expect(JSON.parse(ended.stderr.trim())).toMatchObject({
      "log.level": "fatal",
      component: args[0],
      message: expect.stringContaining(message),
    });
  });

  /** The lines of a hook's log until it runs; it is stopped then. */
  async function startedHook(...more: string[]): Promise<{ "log.level": string; message: string }[]> {
    const args = [...hook, kube, "--hmac-secret-file=hmac", ...more];
    const child = spawn(cutwater, args, { cwd: directory, env: { PATH: "/usr/bin:/bin" } });
    const lines: { "log.level": string; message: string }[] = [];
    for await (const line of createInterface(child.stderr)) {
      lines.push(JSON.parse(line));
      if (lines.at(-1)!.message === "hook is running.") child.kill("SIGTERM");
    }
    return lines;
  }

  test("hook says what has no effect, and when its queue would die with the container", async () => {
    writeFileSync(join(directory, "config.yaml"), "log_level: info\n");
    const warned = expect.objectContaining({
      "log.level": "warn",
      message: expect.stringContaining("Neither --data nor"),
    });
    const vain = expect.stringMatching(/--pprof-port \(.*--grace-period \(/);
    const careless = await startedHook("--dry-run=false", "--grace-period=60s", "--pprof-port=6061");
    expect(careless).toContainEqual(warned);
    expect(
      careless
        .filter(({ message }) => message.startsWith("Accepted as Prow has them"))
        .map(({ message }) => message),
    ).toEqual([vain]);
    expect(await startedHook("--dry-run=false", "--data=data")).not.toContainEqual(warned);
    expect(await startedHook()).not.toContainEqual(warned);
  });
});
