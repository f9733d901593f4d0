// What every component command does around its work: log, configuration, health, metrics, a graceful stop.
import { type FlagTable, type FlagValues, UsageError } from "../lib/flags.ts";
import { type Command, command, type Host } from "./command.ts";
import { configAgent } from "./config/config-agent.ts";
import { decodeCache } from "./config/config-cache.ts";
import { configPaths } from "./config/config-paths.ts";
import { stopsInTime } from "./process/graceful.ts";
import { instruments } from "./process/instruments.ts";
import { jsonLog } from "./process/log.ts";
import { logFormat, logFormatFlag } from "./process/log-format.ts";
import { surrounded } from "./surrounded.ts";
import type { Running, Surroundings } from "./surroundings.ts";
import {
  cacheFlag,
  configFlags,
  dryRunFlag,
  instrumentationFlags,
  pluginFlags,
} from "./wiring/flag-groups.ts";
import { prowSharedFlags, refuseAbsent, withoutEffect } from "./wiring/prow-flags.ts";
import { recordFlags } from "./wiring/record.ts";

const sharedFlags = {
  ...configFlags,
  ...cacheFlag,
  ...instrumentationFlags,
  ...dryRunFlag,
  ...recordFlags,
  ...logFormatFlag,
  ...prowSharedFlags,
};

export interface ComponentDefinition<F extends FlagTable> {
  name: string;
  flags: F;
  /** Whether it reads plugins.yaml. */
  plugins?: boolean;
  /** Whether it may run without config.yaml; it has `--log-level` then. */
  withoutConfig?: true;
  /** `given`: names of the flags that the command line has. */
  start(
    flags: FlagValues<F & typeof sharedFlags>,
    around: Surroundings,
    given: ReadonlySet<string>,
  ): Promise<Running>;
}

export function component<const F extends FlagTable>(definition: ComponentDefinition<F>): Command {
  const flags = { ...sharedFlags, ...(definition.plugins ? pluginFlags : {}), ...definition.flags };
  return command({
    flags,
    async run({ values, given }, host) {
      refuseAbsent(flags, values);
      const all = values as FlagValues<F & typeof sharedFlags & typeof pluginFlags>;
      return runComponent({ ...definition, flags }, all, given, host);
    },
  });
}

async function runComponent<F extends FlagTable>(
  { name, flags: table, plugins, start, withoutConfig }: ComponentDefinition<F>,
  values: FlagValues<F & typeof sharedFlags & typeof pluginFlags>,
  given: ReadonlySet<string>,
  host: Host,
): Promise<number> {
  const flags: FlagValues<typeof sharedFlags & typeof pluginFlags> = values;
  const { "config-path": configPath, "log-level": level } = flags as typeof flags & { "log-level"?: string };
  if (!configPath && !withoutConfig)
    throw new UsageError("--config-path is missing: it names Prow's config.yaml");
  const log = jsonLog(name, host.err, logFormat(flags["log-format"]));
  const vain = withoutEffect(table, given);
  if (vain) log.info({}, `Accepted as Prow has them, without effect here: ${vain}.`);
  return surrounded({ host, log, flags }, async (bare, stop) => {
    let running: Running | undefined;
    const { metrics, health, signal } = bare;
    const servers = await instruments(flags, metrics, () => running?.ready() ?? false, health);
    try {
      const config = await configAgent({
        paths: configPaths(flags, plugins ? flags : undefined),
        cache: decodeCache(host, flags["cache-dir-base"]),
        clock: host.clock,
        log,
        ...(level !== undefined && !configPath && { logLevel: level }),
        metrics,
        signal,
      });
      const end = (why: string) => {
        log.info({}, why);
        stop();
      };
      running = await start(values, { ...bare, config, end }, given);
      log.info({}, `${name} is running.`);
      await stopsInTime(running.done, signal, { clock: host.clock, log });
      log.info({}, `${name} has stopped.`);
      return 0;
    } finally {
      stop();
      await Promise.all(servers.map((server) => server.close()));
    }
  });
}
