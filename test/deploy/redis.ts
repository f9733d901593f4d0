// Redis as the StatefulSet starts it, with TLS or without: its own script and configuration, on other paths and a port of its own.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../contracts/free-port.ts";
import { until } from "../plank/end-to-end.ts";
import { type Manifest, ofKind, workloads } from "./manifests.ts";

export const PASSWORD = "pass%41wo'rd";

export interface RedisOptions {
  tls?: boolean;
}

export interface StartedRedis {
  port: number;
  /** As hook's `--queue` has it, and with the password in it. */
  url: string;
  urlWithPassword: string;
  /** With `tls`: whom clients have to trust. */
  ca: string;
  stop(): Promise<void>;
}

export async function startRedis({ tls = false }: RedisOptions = {}): Promise<StartedRedis> {
  const directory = mkdtempSync(join(tmpdir(), "cutwater-redis-"));
  const port = await freePort();
  for (const name of ["data", "run", "conf", "tls"]) mkdirSync(join(directory, name));
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, `${PASSWORD}\n`);
  const ca = tls ? makeCertificate(join(directory, "tls")) : "";
  const local = (text: string) =>
    text
      .replaceAll("/etc/redis-password/password", passwordFile)
      .replaceAll("/etc/redis-tls", join(directory, "tls"))
      .replaceAll("/etc/redis", join(directory, "conf"))
      .replaceAll("/run/redis", join(directory, "run"))
      .replace("dir /data", `dir ${join(directory, "data")}\nbind 127.0.0.1${tls ? "" : `\nport ${port}`}`)
      .replace("tls-port 6379", `tls-port ${port}`);
  for (const [name, text] of Object.entries(configuration()))
    if (tls || name !== "tls.conf") writeFileSync(join(directory, "conf", name), local(text));
  const [container] = workloads.find(({ metadata }) => metadata.name === "redis")!.spec.template.spec
    .containers;
  const [program = "", ...words] = [...container!.command!, ...container!.args].map(local);
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  await until(() => {
    if (child.exitCode !== null) throw new Error(`Redis has ended:\n${output}`);
    return isOpen(port);
  }, "Redis listens");
  const url = (password: string) => `${tls ? "rediss" : "redis"}://hook${password}@127.0.0.1:${port}`;
  return {
    port,
    url: url(""),
    urlWithPassword: url(`:${encodeURIComponent(PASSWORD)}`),
    ca,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const configuration = (): Record<string, string> => {
  const all = ofKind<Manifest & { data: Record<string, string> }>("ConfigMap");
  return all.find(({ metadata }) => metadata.name === "redis")!.data;
};

/** tls.crt, tls.key and ca.crt; returns the path of the last. */
function makeCertificate(directory: string): string {
  const [key, certificate, ca] = ["tls.key", "tls.crt", "ca.crt"].map((name) => join(directory, name));
  const names = "subjectAltName=DNS:redis,DNS:localhost,IP:127.0.0.1";
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=redis"];
  execFileSync("openssl", [...request, "-addext", names, "-keyout", key!, "-out", certificate!], {
    stdio: "ignore",
  });
  execFileSync("cp", [certificate!, ca!]);
  return ca!;
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => resolve(Boolean(socket.destroy())));
  });
