// A change of the kubeconfig files is noticed once it can be used, whether a file is named or a directory.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { kubeconfigDigest, kubeconfigsChanged } from "../../src/kube/kubeconfig-change.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type Logger, silent } from "../../src/lib/logger.ts";

let folder: string;
let stop: AbortController;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cutwater-kubeconfig-"));
  stop = new AbortController();
  write("a", "http://127.0.0.1:1");
});
afterEach(() => {
  stop.abort();
  rmSync(folder, { recursive: true });
});

const write = (name: string, server: string) =>
  writeFileSync(
    join(folder, name),
    JSON.stringify({
      clusters: [{ name: "c", cluster: { server } }],
      contexts: [{ name, context: { cluster: "c" } }],
      "current-context": name,
    }),
  );

async function follow(named: object) {
  const options = { env: {}, ...named };
  const first = await kubeconfigDigest(options);
  const warned = Promise.withResolvers<string>();
  const log: Logger = {
    ...silent,
    warn: (fields) => warned.resolve(String((fields as { error: string }).error)),
  };
  const rest = { first, clock: systemClock, log, signal: stop.signal, everyMs: 5 };
  const told: boolean[] = [];
  const changed = kubeconfigsChanged(options, rest).then((value) => {
    told.push(value);
    return value;
  });
  return { changed, told, warned: warned.promise };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a file that stays the same is no change, also when it is written anew", async () => {
  const { changed, told } = await follow({ kubeconfig: join(folder, "a") });
  await pause(30);
  write("a", "http://127.0.0.1:1");
  await pause(50);
  expect(told).toEqual([]);
  stop.abort();
  expect(await changed).toBe(false);
});

test("a file that cannot be used changes nothing until it can", async () => {
  const { changed, told, warned } = await follow({ kubeconfig: join(folder, "a") });
  await pause(30);
  writeFileSync(join(folder, "a"), "clusters: [");
  expect(await warned).toContain(join(folder, "a"));
  expect(told).toEqual([]);
  write("a", "http://127.0.0.1:2");
  expect(await changed).toBe(true);
});

test("a cluster that is added to the directory is a change", async () => {
  const { changed } = await follow({ kubeconfigDir: folder });
  await pause(30);
  write("b", "http://127.0.0.1:2");
  expect(await changed).toBe(true);
});
