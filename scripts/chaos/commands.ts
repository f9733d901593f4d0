// How each component is started: by its own command and flags, ours or real Prow's.
import { join } from "node:path";
import { freePort } from "../../test/contracts/free-port.ts";
import { labelOf, type Name, type Replica } from "./cast.ts";
import { APP_ID, type Files } from "./setting.ts";
import type { Command } from "./supervised.ts";

export interface Places {
  folder: string;
  files: Files;
  /** Private key of the App. */
  keyFile: string;
  github: string;
  redis: string;
  /** Speaks Google Cloud Storage. */
  storage: string;
  hookPorts: readonly number[];
  sweepSeconds: number;
  prowHook: string | undefined;
}

const cutwater = join(import.meta.dirname, "../../bin/cutwater");

export async function commandOf(
  replica: Replica,
  places: Places,
): Promise<{ command: Command; readyURL: string }> {
  const { component, nth } = replica;
  const { folder, files, prowHook } = places;
  const health = await freePort();
  const shared = [
    `--config-path=${files.config}`,
    `--kubeconfig=${join(folder, "kubeconfig")}`,
    `--health-port=${health}`,
    `--metrics-port=${await freePort()}`,
    "--dry-run=false",
  ];
  const own: Record<Name, readonly string[]> = {
    hook: [
      ...gitHubFlags(places),
      ...[`--plugin-config=${files.plugins}`, `--hmac-secret-file=${files.hmac}`],
      `--port=${places.hookPorts[nth]}`,
      ...(prowHook
        ? [`--pprof-port=${await freePort()}`]
        : [
            `--sweep-period=${places.sweepSeconds}s`,
            `--queue=${places.redis}`,
            `--data=${join(folder, labelOf(replica))}`,
          ]),
    ],
    plank: [],
    crier: [...gitHubFlags(places), "--github-workers=5", "--blob-storage-workers=20"],
    tide: [
      ...gitHubFlags(places),
      ...[`--port=${await freePort()}`, `--data=${join(folder, labelOf(replica))}`],
      ...["--sync-hourly-tokens=100000", "--status-hourly-tokens=100000"],
    ],
    sinker: [],
  };
  const env = {
    ...process.env,
    ...{ HOSTNAME: labelOf(replica), GIT_CONFIG_GLOBAL: files.gitConfig },
    STORAGE_EMULATOR_HOST: places.storage,
  };
  const log = join(folder, "log", `${labelOf(replica)}.log`);
  const isProws = component === "hook" && prowHook !== undefined;
  return {
    command: {
      file: isProws ? prowHook : cutwater,
      args: [...(isProws ? [] : [component]), ...shared, ...own[component]],
      env,
      log,
    },
    readyURL: `http://127.0.0.1:${health}/healthz/ready`,
  };
}

function gitHubFlags({ github, files, keyFile, prowHook }: Places): string[] {
  const signIn = prowHook
    ? [`--github-token-path=${files.token}`]
    : [`--github-app-id=${APP_ID}`, `--github-app-private-key-path=${keyFile}`];
  return [
    ...[`--github-endpoint=${github}`, `--github-graphql-endpoint=${github}/graphql`],
    ...["--github-host=github.invalid", "--github-client.initial-delay=20ms", ...signIn],
  ];
}
