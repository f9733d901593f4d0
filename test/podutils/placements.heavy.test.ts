// Ten thousand places for secrets in logs and artifacts, and none of them leaks; and archives that unpack to far more than they are.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { censorOf } from "../../src/podutils/censor.ts";
import { censorFiles } from "../../src/podutils/censor-files.ts";
import { secretForms } from "../../src/podutils/secret-forms.ts";
import { censoredJob } from "./censored-jobs.ts";

test("10,000 placements, 0 leaks", async () => {
  let placements = 0;
  for (let seed = 1000; placements < 10_000; seed++) placements += await censoredJob(seed);
  expect(placements).toBeGreaterThanOrEqual(10_000);
}, 600_000);

test("bombs are not unpacked beyond 100 MB, and not uploaded", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bombs-"));
  const at = (name: string) => join(directory, name);
  try {
    const zeros = Buffer.alloc(101 * 1024 * 1024);
    writeFileSync(at("zeros"), zeros);
    execFileSync("tar", ["-C", directory, "-czf", at("tar.tar.gz"), "zeros"]);
    execFileSync("zip", ["-q", "-j", at("zip.zip"), at("zeros")]);
    rmSync(at("zeros"));
    writeFileSync(at("gzip.gz"), gzipSync(zeros));
    // Members one after the other are one file.
    writeFileSync(at("members.gz"), Buffer.concat(Array(1100).fill(gzipSync(Buffer.alloc(100 * 1024)))));
    // It takes no room on the disk, and would in memory.
    writeFileSync(at("sparse.zip"), "PK\u0003\u0004");
    truncateSync(at("sparse.zip"), 1e12);
    writeFileSync(at("allowed.gz"), gzipSync(Buffer.alloc(99 * 1024 * 1024)));
    const before = process.memoryUsage.rss();
    const censor = censorOf(secretForms([Buffer.from("hunter2")]));
    const { failed, free } = await censorFiles([], [directory], {}, censor);
    expect([...failed.keys()].sort()).toEqual(
      ["gzip.gz", "members.gz", "sparse.zip", "tar.tar.gz", "zip.zip"].map(at),
    );
    for (const reason of failed.values()) expect(reason).toMatch(/more than/);
    expect([...free]).toEqual([at("allowed.gz")]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 1024 * 1024);
    for (const name of readdirSync(directory))
      if (name !== "sparse.zip") expect(statSync(at(name)).size).toBeLessThan(1024 * 1024);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);
