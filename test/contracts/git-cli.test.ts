// The git command behind the git port.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { gitCLI } from "../../src/git/cli.ts";
import { gitContract } from "./git.ts";

const caches: string[] = [];
afterAll(() => {
  for (const dir of caches) rmSync(dir, { recursive: true, force: true });
});

gitContract("git command", (remote) => {
  const cacheDir = mkdtempSync(path.join(tmpdir(), "cutwater-cache-"));
  caches.push(cacheDir);
  return gitCLI({ cacheDir, url: () => remote, env: { PATH: process.env["PATH"] } });
});
