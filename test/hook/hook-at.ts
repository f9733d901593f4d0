// hook as a process of its own on a queue that may be out of order: what it answers and when, and what it tells who watches.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deliver, type HookSettings, killed, startHook, writeHookFiles } from "./hook-process.ts";

export interface Told {
  guid: string;
  /** Of the answer. */
  status: number;
  ms: number;
}

export interface HookAt {
  /** About a pull request of its own, and no plugin's business. */
  deliver(guid: string, text?: string): Promise<Told>;
  metrics(): Promise<string>;
  log(): string;
  pid: number;
  stop(): Promise<void>;
}

export async function hookAt(settings: HookSettings): Promise<HookAt> {
  const folder = mkdtempSync(join(tmpdir(), "cutwater-hook-"));
  writeHookFiles(folder);
  const { child, url, metrics, log } = await startHook(folder, settings);
  return {
    pid: child.pid!,
    async deliver(guid, text = "") {
      const number = Number(/\d+$/.exec(guid)?.[0] ?? 0) + 1;
      const body = JSON.stringify({ issue: { number }, text, repository: { full_name: "acme/lib" } });
      const began = performance.now();
      const status = await deliver(url, guid, body, "star");
      return { guid, status, ms: performance.now() - began };
    },
    metrics: async () => (await fetch(metrics)).text(),
    log: () => readFileSync(log, "utf8"),
    async stop() {
      await killed(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
