// Builds the clients of the ports from flags. Nothing else in the program does.
import { readFile } from "node:fs/promises";
import type { Registry } from "prom-client";
import type { CreatedApp } from "../../github/app-setup.ts";
import { connectGitHub } from "../../github/client.ts";
import { withDoubts } from "../../github/doubt.ts";
import type { GitHub } from "../../github/port.ts";
import { clustersFrom, type KubeconfigOptions } from "../../kube/kubeconfig.ts";
import { type FollowOptions, kubeconfigDigest, kubeconfigsChanged } from "../../kube/kubeconfig-change.ts";
import type { Clusters } from "../../kube/port.ts";
import { milliseconds } from "../../lib/duration.ts";
import { errorText } from "../../lib/error-text.ts";
import { type FlagValues, UsageError } from "../../lib/flags.ts";
import { briefly } from "../../lib/kept/briefly.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Shared } from "../../shared/port.ts";
import { redisShared } from "../../shared/redis.ts";
import type { BlobStore } from "../../storage/port.ts";
import type { Host } from "../command.ts";
import { clustersWithPoints, githubWithPoints, withPoints } from "../process/failpoints.ts";
import { VERSION } from "../process/version.ts";
import type { Surroundings } from "../surroundings.ts";
import type { githubFlags, kubeFlags, storageFlags } from "./flag-groups.ts";
import { type githubRateFlags, publishedBy, ratesOf } from "./github-rates.ts";
import type { Fence } from "./led.ts";
import type { deliveryFence } from "./queues.ts";
import { redisURL } from "./redis-url.ts";
import { secretFile } from "./secret-file.ts";

type GitHubFlags = FlagValues<typeof githubFlags> & Partial<FlagValues<typeof githubRateFlags>>;

interface Context {
  host: Host;
  log: Logger;
  metrics: Registry;
  /** The component, as GitHub and the metrics are told. */
  name?: string;
  /** Used where --github-share is not given: in the Redis of hook's queue. Whoever opened it closes it. */
  shared?: Shared | undefined;
  fence?: Pick<Fence, "mayWrite"> | typeof deliveryFence;
}

/** A token from a file (read again all the time, so it may be rotated), or a GitHub App. */
export async function githubFrom(flags: GitHubFlags, context: Context): Promise<GitHub> {
  const auth = await authentication(flags, context.host);
  const shared = await sharedBy(flags, context);
  return sure(
    connectGitHub({ ...addressOf(flags, context), rates: ratesOf(flags), shared, auth }),
    context.host,
  );
}

/** The App that was set up here. */
export const githubOfApp = (flags: GitHubFlags, { id, pem }: CreatedApp, context: Context): GitHub =>
  sure(
    connectGitHub({ ...addressOf(flags, context), auth: { appId: String(id), privateKey: pem } }),
    context.host,
  );

/** Failpoints stand below, so that what they make of an answer is in doubt too. */
export const sure = (github: GitHub, { failpoints, clock }: Pick<Host, "failpoints" | "clock">): GitHub =>
  withDoubts(githubWithPoints(failpoints, github), clock);

async function sharedBy(
  flags: GitHubFlags,
  { host, log, shared: known }: Context,
): Promise<Shared | undefined> {
  const { "github-share": given, "github-share-password-file": file } = flags;
  const url = file ? await redisURL("github-share", given, file) : given;
  if (!url) return known;
  if (!/^rediss?:\/\/./.test(url)) throw new UsageError(`--github-share=${given} is no redis://host:port`);
  const shared = await redisShared({ url, log });
  host.signal.addEventListener("abort", () => void shared.close(), { once: true });
  return shared;
}

const addressOf = (flags: GitHubFlags, { host, log, metrics, name, fence }: Context) => ({
  mayWrite: fence?.mayWrite,
  userAgent: `${name ?? "cutwater"}/${VERSION}`,
  published: publishedBy(flags),
  endpoints: [...flags["github-endpoint"]],
  graphqlEndpoint: flags["github-graphql-endpoint"],
  maxTries: flags["github-client.max-retries"],
  initialDelayMs: milliseconds(flags["github-client.initial-delay"]),
  maxWaitMs: milliseconds(flags["github-client.backoff-timeout"]),
  requestTimeoutMs: milliseconds(flags["github-client.request-timeout"]),
  clock: host.clock,
  signal: host.signal,
  // As for all that Node itself asks.
  proxied: host.env["NODE_USE_ENV_PROXY"] === "1",
  log,
  metrics,
});

/** A file that is looked at for each request is read again after so long. */
const FILE_MS = 1_000;

async function authentication(flags: GitHubFlags, { clock }: Pick<Host, "clock">) {
  const {
    "github-token-path": tokenPath,
    "github-app-id": appId,
    "github-app-private-key-path": keyPath,
  } = flags;
  if (appId && keyPath)
    return { appId, privateKey: await secretFile(keyPath, "github-app-private-key-path") };
  if (appId || keyPath)
    throw new UsageError("a GitHub App needs both --github-app-id and --github-app-private-key-path");
  if (!tokenPath) {
    throw new UsageError(
      "no way to sign in to GitHub: give --github-token-path, or --github-app-id with --github-app-private-key-path",
    );
  }
  await secretFile(tokenPath, "github-token-path");
  return { token: briefly(FILE_MS, clock, async () => (await readFile(tokenPath, "utf8")).trim()) };
}

/** Throws UsageError when the clusters that the flags name cannot be made out. */
export async function clustersOfFlags(
  flags: FlagValues<typeof kubeFlags>,
  { host, log, signal, end }: Pick<Context, "host"> & Partial<Pick<Surroundings, "log" | "signal" | "end">>,
): Promise<Clusters> {
  const qps = flags["kube-client-qps"];
  const burst = flags["kube-client-burst"];
  if (!(qps >= 0)) throw new UsageError(`--kube-client-qps=${qps} must be 0 or more`);
  if (qps > 0 && burst < 1) throw new UsageError(`--kube-client-burst=${burst} must be 1 or more`);
  const options = {
    ...(qps > 0 && { rate: { qps, burst, monotonic: () => performance.now() } }),
    kubeconfig: flags.kubeconfig || undefined,
    kubeconfigDir: flags["kubeconfig-dir"] || undefined,
    kubeconfigSuffix: flags["kubeconfig-suffix"] || undefined,
    projectedTokenFile: flags["projected-token-file"] || undefined,
    inCluster: !flags["no-in-cluster-config"],
    env: host.env,
    clock: host.clock,
  };
  try {
    const first = await kubeconfigDigest(options);
    const clusters = await clustersFrom(options);
    if (log && signal && end) void endOnChange(options, { first, log, signal, end, clock: host.clock });
    return clustersWithPoints(host.failpoints, clusters);
  } catch (error) {
    // Nothing has been asked of a cluster yet: what is wrong stands in the files or is missing from the flags.
    throw new UsageError(errorText(error), { cause: error });
  }
}

/** As Prow's controllers do: whoever runs us starts us again, with the clusters that there are then. */
async function endOnChange(
  options: KubeconfigOptions,
  { end, ...rest }: FollowOptions & { end: (why: string) => void },
): Promise<void> {
  if (await kubeconfigsChanged(options, rest))
    end("The kubeconfig files have changed: stopping, to be started again with them.");
}

/** Throws UsageError when there is no such file of credentials; nothing is asked of the storage yet. */
export async function storageFrom(
  flags: FlagValues<typeof storageFlags>,
  { host }: Pick<Context, "host">,
): Promise<BlobStore> {
  const credentials = flags["gcs-credentials-file"];
  if (credentials) await secretFile(credentials, "gcs-credentials-file");
  const s3 = flags["s3-credentials-file"];
  if (s3) await secretFile(s3, "s3-credentials-file");
  const { openStorage } = await import("../../storage/open.ts");
  const store = await openStorage({
    directory: flags.storage || undefined,
    gcsCredentialsFile: credentials || undefined,
    gcsEndpoint: host.env["STORAGE_EMULATOR_HOST"],
    s3CredentialsFile: s3 || undefined,
    s3Region: host.env["AWS_REGION"],
    clock: host.clock,
  });
  return withPoints(host.failpoints, "storage", store);
}
