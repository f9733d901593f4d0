// What runs the containers of pods on this machine, by `--runtime`.
import { UsageError } from "../../lib/flags.ts";

const RUNTIMES = ["process", "docker", "podman"] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** Throws UsageError when there is none of that name. */
export function runtimeNamed(name: string): Runtime {
  const known = RUNTIMES.find((runtime) => runtime === name);
  if (!known) throw new UsageError(`--runtime=${name} is none of ${RUNTIMES.join(", ")}`);
  return known;
}
