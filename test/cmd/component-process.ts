// Components as processes of their own: their files in a folder, their logs beside them, ready when this returns.
import { type ChildProcess, spawn } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../contracts/free-port.ts";
import { until } from "../plank/end-to-end.ts";

export interface Written {
  /** By context: the server, and the token of who asks it. */
  clusters: Record<string, { url: string; token?: string }>;
  config: string;
}

/** What every component reads: `kubeconfig`, `config.yaml` and the bot's `token`. */
export function writeFiles(folder: string, { clusters, config }: Written): void {
  const each = Object.entries(clusters);
  const kubeconfig = {
    clusters: each.map(([name, { url }]) => ({
      ...{ name, cluster: { server: url, "insecure-skip-tls-verify": true } },
    })),
    users: each.map(([name, { token }]) => ({ name, user: { token } })),
    contexts: each.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    "current-context": "default",
  };
  writeFileSync(join(folder, "kubeconfig"), JSON.stringify(kubeconfig));
  writeFileSync(join(folder, "config.yaml"), config);
  writeFileSync(join(folder, "token"), "bot-token\n");
}

/** `name`: of this replica. `github`: the address of what it reports to. */
export async function startProcess(
  folder: string,
  part: "plank" | "crier",
  name: string,
  github: string,
): Promise<ChildProcess> {
  const [health, metrics] = [await freePort(), await freePort()];
  const flags = [
    `--config-path=${join(folder, "config.yaml")}`,
    `--kubeconfig=${join(folder, "kubeconfig")}`,
    ...[`--health-port=${health}`, `--metrics-port=${metrics}`, "--dry-run=false"],
    ...(part === "crier" ? crierFlags(folder, github) : []),
  ];
  const log = openSync(join(folder, `${part} ${name}.log`), "w");
  const cutwater = join(import.meta.dirname, "..", "..", "bin", "cutwater");
  const env = { ...process.env, HOSTNAME: name };
  const child = spawn(cutwater, [part, ...flags], { stdio: ["ignore", log, log], env });
  const ready = () =>
    fetch(`http://127.0.0.1:${health}/healthz/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(ready, `${part} ${name} is ready`, 60);
  return child;
}

/** GitHub's limits would make a short test a long one. */
const crierFlags = (folder: string, url: string): string[] => [
  ...[`--github-endpoint=${url}`, `--github-graphql-endpoint=${url}/graphql`],
  ...[`--github-token-path=${join(folder, "token")}`, "--github-workers=5"],
  ...["--github-points-per-minute=0", "--github-content-per-minute=0", "--github-content-per-hour=0"],
];

/** The last lines of `part name`. */
export const lastLines = (folder: string, process: string): string =>
  readFileSync(join(folder, `${process}.log`), "utf8")
    .split("\n")
    .filter((line) => !line.includes('"effect"'))
    .slice(-15)
    .join("\n");
