// Object storage that fails three requests in ten, half of them after they were done: fake-gcs-server behind a proxy.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/contracts/free-port.ts";
import { found } from "../../test/contracts/real-kube.ts";
import { type Done, faultyProxy } from "../../test/podutils/faulty-proxy.ts";
import { until } from "../stage/until.ts";
import { BUCKET } from "./setting.ts";

/** Names are keys within the bucket. */
export interface Stored {
  /** What is there. */
  objects: ReadonlyMap<string, string>;
  /** Every write that storage took, in its order. */
  writes: readonly { name: string; content: string }[];
}

export interface FaultyStorage {
  /** For STORAGE_EMULATOR_HOST. */
  url: string;
  /** From now on nothing fails. */
  heal(): void;
  /** Requests that failed. */
  faults(): number;
  /** Asked of the storage itself: nothing fails. */
  stored(names: readonly string[]): Promise<Stored>;
  close(): void;
}

const RATE = 0.3;

export async function faultyStorage(directory: string, seed: number): Promise<FaultyStorage> {
  mkdirSync(join(directory, BUCKET), { recursive: true });
  const port = await freePort();
  const proxy = await faultyProxy(seed, () => port);
  proxy.rate = RATE;
  const flags = ["-scheme", "http", "-port", `${port}`, "-filesystem-root", directory];
  const server = spawn(found("fake-gcs-server")!, [...flags, "-public-host", `127.0.0.1:${proxy.port}`], {
    stdio: "ignore",
  });
  const bucket = `http://127.0.0.1:${port}/storage/v1/b/${BUCKET}`;
  await until("object storage answers", () =>
    fetch(bucket).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    url: proxy.url,
    heal() {
      proxy.rate = 0;
    },
    faults: () => proxy.faults,
    async stored(names) {
      const objects = new Map<string, string>();
      for (const name of names) {
        const answer = await fetch(`${bucket}/o/${encodeURIComponent(name)}?alt=media`);
        const text = await answer.text();
        if (answer.ok) objects.set(name, text);
        else if (answer.status !== 404) throw new Error(`${name}: ${answer.status} ${text}`);
      }
      return { objects, writes: proxy.done.flatMap(writeOf) };
    },
    close() {
      server.kill("SIGKILL");
      proxy.stop();
    },
  };
}

/** Of an upload in one request: its second part. */
function writeOf({ method, path, status, headers, body }: Done): { name: string; content: string }[] {
  const boundary = /boundary="?([^";]+)/.exec(headers["content-type"] ?? "")?.[1];
  const name = new URL(path, "http://storage").searchParams.get("name");
  if (method !== "POST" || status >= 300 || !boundary || !name) return [];
  const part = body.toString().split(`--${boundary}`)[2] ?? "";
  return [{ name, content: part.slice(part.indexOf("\r\n\r\n") + 4, part.lastIndexOf("\r\n")) }];
}
