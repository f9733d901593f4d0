// Starts a real kube-apiserver on a real etcd for contract tests; says why not when a binary is missing.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Agent, request } from "undici";
import { connect } from "../../src/kube/client.ts";
import type { Kube } from "../../src/kube/port.ts";
import { freePort } from "./free-port.ts";

export interface RealKube {
  url: string;
  /** Of a cluster admin. The certificate is self-signed: connect without verification. */
  token: string;
  /** Where etcd listens. */
  etcd: string;
  /** The API server dies and comes back on the same etcd; `meanwhile` is while it is away. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export const found = (name: string): string | undefined =>
  [join(homedir(), ".cache/cutwater-bin"), ...(process.env["PATH"] ?? "").split(delimiter)]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

/** The reason to skip, or undefined. */
export function whyNoRealKube(): string | undefined {
  if (!found("etcd")) return "etcd is missing: apt-get install etcd-server";
  return found("kube-apiserver") ? undefined : "kube-apiserver is missing: run ../shared/bin/unpack.sh";
}

/** As a cluster admin. */
export const connectTo = ({ token, url }: Pick<RealKube, "token" | "url">): Kube =>
  connect({
    server: url,
    tls: { rejectUnauthorized: false },
    authorization: async () => `Bearer ${token}`,
  });

const TOKEN = "contract-suite";

/** `flags` are further ones of kube-apiserver. */
export async function startRealKube(flags: string[] = []): Promise<RealKube> {
  const folder = await mkdtemp(join(tmpdir(), "real-kube-"));
  const [client, peer, secure] = await Promise.all([freePort(), freePort(), freePort()]);
  const key = join(folder, "sa.key");
  execFileSync("openssl", ["genrsa", "-out", key, "2048"], { stdio: "ignore" });
  await writeFile(join(folder, "tokens.csv"), `${TOKEN},admin,admin,"system:masters"\n`);

  const etcd = `http://127.0.0.1:${client}`;
  const peers = `http://127.0.0.1:${peer}`;
  const etcdProcess = start("etcd", [
    ...["--data-dir", join(folder, "etcd"), "--unsafe-no-fsync"],
    ...["--listen-client-urls", etcd, "--advertise-client-urls", etcd],
    ...["--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers],
    ...["--initial-cluster", `default=${peers}`],
  ]);
  const startServer = () =>
    start("kube-apiserver", [
      `--etcd-servers=${etcd}`,
      `--cert-dir=${folder}`,
      `--secure-port=${secure}`,
      "--bind-address=127.0.0.1",
      "--service-cluster-ip-range=10.0.0.0/24",
      `--token-auth-file=${join(folder, "tokens.csv")}`,
      "--authorization-mode=RBAC",
      "--service-account-issuer=https://local",
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      "--disable-admission-plugins=ServiceAccount",
      ...flags,
    ]);
  let server = startServer();
  const close = async () => {
    await Promise.all([server, etcdProcess].map(stop));
    await rm(folder, { recursive: true, force: true });
  };
  const url = `https://127.0.0.1:${secure}`;
  const ready = async () => {
    await untilReady(`${url}/readyz`);
    // Namespace `default` comes a moment after readiness.
    await untilReady(`${url}/api/v1/namespaces/default`);
  };
  try {
    await ready();
  } catch (error) {
    await close();
    throw error;
  }
  const restart = async (meanwhile?: () => Promise<void>) => {
    await stop(server);
    await meanwhile?.();
    server = startServer();
    await ready();
  };
  return { url, token: TOKEN, etcd, restart, close };
}

const start = (name: string, args: string[]): ChildProcess => spawn(found(name)!, args, { stdio: "ignore" });

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

async function untilReady(url: string): Promise<void> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const answer = await request(url, { dispatcher, headers }).catch(() => undefined);
    await answer?.body.dump();
    if (answer?.statusCode === 200) return dispatcher.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} is not ready after 60 s`);
}
