// cutwater ghproxy: a cache before GitHub's API, with Prow's flags, headers and metrics.
import { mkdir } from "node:fs/promises";
import { pruneDisk, watchDisk } from "../ghproxy/disk-usage.ts";
import { diskMetrics, proxyMetrics } from "../ghproxy/metrics.ts";
import { proxy } from "../ghproxy/proxy.ts";
import type { Spacing } from "../ghproxy/spacing.ts";
import { diskStores, type StoreOf, sharedStores } from "../ghproxy/store.ts";
import { upstream } from "../ghproxy/upstream.ts";
import { formatDuration, milliseconds } from "../lib/duration.ts";
import { bool, duration, type FlagValues, int, string, UsageError } from "../lib/flags.ts";
import { aborted } from "../lib/waiting/aborted.ts";
import { memoryShared } from "../shared/memory.ts";
import { redisShared } from "../shared/redis.ts";
import { component } from "./component.ts";
import { listenFetch } from "./process/listen.ts";
import type { Surroundings } from "./surroundings.ts";
import { logLevelFlag } from "./wiring/external-plugin.ts";
import { ignored } from "./wiring/prow-flags.ts";
import { secretFile } from "./wiring/secret-file.ts";

const SCRAPED = "metrics are always served on --metrics-port, and pushed nowhere";

const flags = {
  ...logLevelFlag,
  port: int(8888, "Port to listen on."),
  upstream: string("https://api.github.com", "Scheme, host and base path of the API behind."),
  "cache-dir": string("", "Directory to keep answers in; without it, and without Redis, memory."),
  "cache-sizeGB": int(0, "Size of that, for each token."),
  "legacy-disable-disk-cache-partitions-by-auth-header": bool(
    true,
    "One cache on disk for all tokens, instead of one for each.",
  ),
  "redis-address": string("", "Redis to keep answers in, host:port; rediss://host:port with TLS."),
  "redis-username": string("", "User there."),
  "redis-secret-file": string("", "File with the password."),
  concurrency: int(25, "Requests to GitHub under way at the same time."),
  "request-timeout": int(30, "Seconds that a request may take."),
  "throttling-time-ms": int(
    0,
    "Milliseconds between requests of one budget; needs --get-throttling-time-ms.",
  ),
  "get-throttling-time-ms": int(0, "Milliseconds between reads; needs --throttling-time-ms."),
  "throttling-time-v4-ms": int(0, "The same as --throttling-time-ms for GraphQL; 0: as that."),
  "throttling-max-delay-duration-seconds": int(30, "No request waits longer for these."),
  "throttling-max-delay-duration-v4-seconds": int(30, "The same for GraphQL."),
  "push-gateway": ignored(string, "", SCRAPED),
  "push-gateway-interval": duration("1m0s", "How often the disk of the cache is looked at."),
  "serve-metrics": ignored(bool, false, SCRAPED),
};

type Flags = FlagValues<typeof flags>;

const GB = 1e9;
const PRUNE_MS = 3_600_000;
/** What nobody has asked for since is hardly asked for again. */
const KEEP_MS = 7 * 24 * 3_600_000;
const MEMORY_CHARACTERS = 256_000_000;

export const ghproxy = component({
  name: "ghproxy",
  withoutConfig: true,
  flags,
  async start(values, around) {
    checkFlags(values);
    const { host, log, metrics: registry, signal } = around;
    const { clock } = host;
    const metrics = proxyMetrics(registry);
    const [storeOf, close] = await storesOf(values, around);
    const seconds = values["request-timeout"];
    const handle = proxy({
      ...{ storeOf, clock, log, metrics, keepMs: KEEP_MS, timeoutMs: seconds * 1000 },
      timeoutWords: formatDuration(BigInt(seconds) * 1_000_000_000n),
      upstream: upstream({
        ...{ upstream: values.upstream, concurrency: values.concurrency, clock, metrics },
        spacing: spacingOf(values),
      }),
    });
    const server = await listenFetch(handle, "", values.port, "port");
    const done = aborted(signal).then(() => Promise.all([server.close(), close()]));
    return { ready: () => true, done };
  },
});

/** Throws UsageError where Prow's refuses to start, too. */
function checkFlags(values: Flags): void {
  if ((values["cache-dir"] === "") !== (values["cache-sizeGB"] === 0))
    throw new UsageError(
      "--cache-dir and --cache-sizeGB must be specified together to enable the disk cache (otherwise a memory cache is used)",
    );
  if (values["redis-username"] && !values["redis-secret-file"])
    throw new UsageError("redis username requires a secret file: give --redis-secret-file");
  if (values["redis-secret-file"] && !values["redis-address"])
    throw new UsageError("redis credentials must be specified together with --redis-address");
  if (!URL.canParse(values.upstream)) throw new UsageError(`--upstream=${values.upstream} is no URL`);
  for (const name of ["concurrency", "request-timeout"] as const)
    if (values[name] < 1) throw new UsageError(`--${name}=${values[name]} must be at least 1`);
}

/** undefined unless both are given, as in Prow. */
function spacingOf(values: Flags): { v3: Spacing; v4: Spacing } | undefined {
  const { "throttling-time-ms": ms, "get-throttling-time-ms": getMs, "throttling-time-v4-ms": v4 } = values;
  if (ms <= 0 || getMs <= 0) return undefined;
  const most = (name: "throttling-max-delay-duration-seconds" | "throttling-max-delay-duration-v4-seconds") =>
    values[name] * 1000;
  return {
    v3: { ms, getMs, mostMs: most("throttling-max-delay-duration-seconds") },
    v4: { ms: v4 || ms, getMs, mostMs: most("throttling-max-delay-duration-v4-seconds") },
  };
}

async function storesOf(
  values: Flags,
  { host, log, metrics, signal }: Surroundings,
): Promise<[StoreOf, () => Promise<void>]> {
  const { clock } = host;
  if (values["redis-address"]) {
    const shared = await redisShared({ url: await redisOf(values), log, name: "ghproxy" });
    return [sharedStores(shared), () => shared.close()];
  }
  const directory = values["cache-dir"];
  if (!directory)
    return [sharedStores(memoryShared({ clock, maxCharacters: MEMORY_CHARACTERS })), async () => {}];
  await mkdir(directory, { recursive: true }).catch((error: Error) => {
    throw new UsageError(`--cache-dir=${directory} cannot be made: ${error.message}`);
  });
  const watch = { directory, clock, log, signal };
  const looks = watchDisk(
    { ...watch, everyMs: milliseconds(values["push-gateway-interval"]) },
    diskMetrics(metrics),
  );
  const prunes = pruneDisk({ ...watch, everyMs: PRUNE_MS });
  const undivided = values["legacy-disable-disk-cache-partitions-by-auth-header"];
  const maxBytes = values["cache-sizeGB"] * GB;
  return [
    diskStores({ directory, maxBytes, undivided, clock }),
    async () => void (await Promise.all([looks, prunes])),
  ];
}

async function redisOf(values: Flags): Promise<string> {
  const address = values["redis-address"];
  const url = new URL(/^rediss?:/.test(address) ? address : `redis://${address}`);
  const file = values["redis-secret-file"];
  // The setters would take a % in them as it stands.
  url.username = encodeURIComponent(values["redis-username"]);
  if (file) url.password = encodeURIComponent(await secretFile(file, "redis-secret-file"));
  return url.href;
}
