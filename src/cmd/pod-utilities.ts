// cutwater clonerefs, initupload, entrypoint, sidecar: what runs inside pods, by upstream's contract.
import { fileURLToPath } from "node:url";
import type { StopSignal, UtilityIO } from "../podutils/utility.ts";
import { type Command, type Host, rawCommand } from "./command.ts";
import { jsonLog } from "./process/log.ts";

const UTILITIES = {
  clonerefs: async () => (await import("../podutils/clonerefs.ts")).clonerefs,
  initupload: async () => (await import("../podutils/initupload.ts")).initupload,
  entrypoint: async () => (await import("../podutils/entrypoint.ts")).entrypoint,
  sidecar: async () => (await import("../podutils/sidecar.ts")).sidecar,
};

export type PodUtility = keyof typeof UTILITIES;
export const POD_UTILITIES = Object.keys(UTILITIES) as PodUtility[];

/** How this program is started again, by whoever runs pods or copies the entrypoint. */
export const SELF = [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  fileURLToPath(new URL("../main.ts", import.meta.url)),
];

export const podUtility = (name: PodUtility): Command =>
  rawCommand(async (argv, host) => (await UTILITIES[name]())(host.env, utilityIO(name, argv, host)));

function utilityIO(name: PodUtility, args: string[], host: Host): UtilityIO {
  return {
    args,
    clock: host.clock,
    log: jsonLog(name, host.err, "prow"),
    stdout: (chunk) => void process.stdout.write(chunk),
    onSignal,
    self: SELF,
  };
}

/** Upstream's utilities end in their own time, so while somebody listens a signal does nothing else. */
function onSignal(listener: (signal: StopSignal) => void): () => void {
  const interrupt = () => listener("SIGINT");
  const terminate = () => listener("SIGTERM");
  process.on("SIGINT", interrupt).on("SIGTERM", terminate);
  return () => void process.off("SIGINT", interrupt).off("SIGTERM", terminate);
}
