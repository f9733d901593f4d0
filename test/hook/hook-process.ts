// hook as a process of its own, with nothing but `/hold`: its files in a folder, its log beside them, ready when this returns.
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../contracts/free-port.ts";

export const SECRET = "s3cr3t";
const NOWHERE = "http://127.0.0.1:9";
const CUTWATER = join(import.meta.dirname, "..", "..", "bin", "cutwater");
const PATIENCE_MS = 60_000;

export interface HookProcess {
  child: ChildProcess;
  /** Where it takes webhooks. */
  url: string;
  /** Where its metrics are. */
  metrics: string;
  /** Path. */
  log: string;
}

export interface HookSettings {
  role: "gateway" | "worker" | "all";
  /** URL of the queue. */
  queue: string;
  /** Default: there is none. */
  github?: string | undefined;
  /** For webhooks; default: a free one. */
  port?: number | undefined;
  /** A program that runs it. */
  through?: readonly string[];
}

/** What `startHook` needs in the folder. */
export function writeHookFiles(folder: string): void {
  const files = {
    "config.yaml": "plank: {}\n",
    "plugins.yaml": "plugins:\n  acme/tool:\n    plugins: [hold]\n",
    hmac: SECRET,
    token: "token",
    kubeconfig: JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "none" },
      clusters: [{ name: "none", cluster: { server: NOWHERE } }],
      users: [{ name: "none", user: {} }],
      contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
    }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

export async function startHook(folder: string, settings: HookSettings): Promise<HookProcess> {
  const { role, queue, github = NOWHERE, through = [] } = settings;
  const [port, health, metrics] = [settings.port ?? (await freePort()), await freePort(), await freePort()];
  const file = (name: string) => join(folder, name);
  const flags = {
    ...{ role, queue, port, "health-port": health, "metrics-port": metrics, "dry-run": false },
    ...{ "config-path": file("config.yaml"), "plugin-config": file("plugins.yaml") },
    ...{ kubeconfig: file("kubeconfig"), "hmac-secret-file": file("hmac") },
    ...{ "github-token-path": file("token"), "sweep-period": "0s", data: folder },
    ...{ "github-endpoint": github, "github-graphql-endpoint": `${github}/graphql` },
    ...{ "github-points-per-minute": 0, "github-content-per-minute": 0, "github-content-per-hour": 0 },
  };
  const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const log = file(`${role}-${port}.log`);
  const output = openSync(log, "a");
  const [program = "", ...words] = [...through, CUTWATER, "hook", ...argv];
  const child = spawn(program, words, { stdio: ["ignore", output, output] });
  closeSync(output);
  const isReady = () =>
    fetch(`http://127.0.0.1:${health}/healthz/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isReady())) {
    if (performance.now() > deadline)
      throw new Error(`hook --role=${role} does not get ready; see ${folder}`);
    await pause(50);
  }
  const at = (of: number, path: string) => `http://127.0.0.1:${of}/${path}`;
  return { child, url: at(port, "hook"), metrics: at(metrics, "metrics"), log };
}

/** kill -9, unless it has ended. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Status of the answer to a delivery, 0 without one; on a connection of its own. */
export function deliver(url: string, guid: string, body: string, event = "issue_comment"): Promise<number> {
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-github-event": event,
    "x-github-delivery": guid,
    "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
  };
  return new Promise((resolve) => {
    const sending = request(url, { method: "POST", headers, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    sending.on("error", () => resolve(0));
    sending.end(body);
  });
}
