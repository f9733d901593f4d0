// How each component is started: by its own command and flags, ours or real Prow's.
import { join } from "node:path";
import { freePort } from "../../test/contracts/free-port.ts";
import {
  appFlags,
  type ComponentFiles,
  githubFlags,
  hookFlags,
  readyURL,
  usualFlags,
} from "../stage/component-files.ts";
import type { Command } from "../stage/logged-process.ts";
import { labelOf, type Name, type Replica } from "./cast.ts";

export interface Places {
  folder: string;
  files: ComponentFiles;
  /** Of the bot that real Prow's hook signs in as. */
  tokenFile: string;
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
  const ports = { health: await freePort(), metrics: await freePort() };
  const own: Record<Name, readonly string[]> = {
    hook: [
      ...gitHubFlags(places),
      ...hookFlags(files, places.hookPorts[nth]),
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
      args: [...(isProws ? [] : [component]), ...usualFlags(files, ports), ...own[component]],
      env,
      log,
    },
    readyURL: readyURL(ports),
  };
}

function gitHubFlags({ github, files, tokenFile, prowHook }: Places): string[] {
  const signIn = prowHook ? [`--github-token-path=${tokenFile}`] : appFlags(files);
  return [...githubFlags(github), "--github-client.initial-delay=20ms", ...signIn];
}
