// What keeps a component from starting is said in one line, whichever file or flag it is.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

  test.each([
    [["plank", ...common, "--kubeconfig=/nope"], "kubeconfig /nope: ENOENT"],
    [["crier", ...common, kube], "crier need to have at least one report worker to start"],
    [[...hook, kube, "--hmac-secret-file=/nope"], "--hmac-secret-file=/nope cannot be used: ENOENT"],
    [
      [...hook, kube, "--hmac-secret-file=empty"],
      "--hmac-secret-file=empty cannot be used: it holds no secret",
    ],
    [[...hook, kube, "--hmac-secret-file=hmac", "--data=empty/data"], "--data=empty/data cannot be used: "],
    [
      ["tide", ...common, kube, "--github-token-path=token", "--port=0", "--history-uri=s3://b/k"],
      "--history-uri=s3://b/k cannot be used: s3://b/k: no storage of this kind",
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
    expect(ended.stderr).toContain(`cutwater ${args[0]}: ${message}`);
    expect(ended.stderr).not.toContain("    at ");
    expect(JSON.parse(ended.stderr.trim().split("\n").at(-1)!)).toMatchObject({
      level: "fatal",
      component: args[0],
      msg: expect.stringContaining(message),
    });
  });
});
