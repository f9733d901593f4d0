// Addresses under /view/ and /artifact/ to objects in storage; only buckets that the configuration names are served.
import type { Config } from "../config/config.ts";
import { madeOnce } from "../lib/kept/made-once.ts";

export interface StoragePath {
  provider: "gs" | "s3";
  bucket: string;
  /** Without slashes at the ends. */
  key: string;
}

/** `gs/bucket/a/b` (Prow also says `gcs`); undefined for anything that is not a plain path. */
export function parseStoragePath(path: string): StoragePath | undefined {
  let parts: string[];
  try {
    parts = path.split("/").map(decodeURIComponent).filter(Boolean);
  } catch {
    return undefined;
  }
  const [scheme, bucket, ...key] = parts;
  const provider = scheme === "gcs" ? "gs" : scheme;
  if ((provider !== "gs" && provider !== "s3") || !bucket || key.length === 0) return undefined;
  if ([bucket, ...key].some((part) => part === "." || part === ".." || /[\x00-\x1f/\\]/.test(part)))
    return undefined;
  return { provider, bucket, key: key.join("/") };
}

export const storageURL = ({ provider, bucket, key }: StoragePath): string =>
  `${provider}://${bucket}/${key}`;

/** The last part of its key: of a run's directory its build. */
export const baseName = ({ key }: StoragePath): string => key.split("/").at(-1)!;

/** The path of an object's page or bytes, each part encoded. */
export const encodePath = ({ provider, bucket, key }: StoragePath): string =>
  [provider, bucket, ...key.split("/")].map(encodeURIComponent).join("/");

/** What lies below a directory. */
export const inside = (directory: StoragePath, name: string): StoragePath => ({
  ...directory,
  key: `${directory.key}/${name}`,
});

/** Prow's `skip_storage_path_validation: true` opens every bucket that the credentials can read. */
export function mayServe(config: Config, { bucket }: StoragePath): boolean {
  return config.deck.skip_storage_path_validation === true || allowedBuckets(config).has(bucket);
}

/** Buckets of decoration defaults and of every job, and `deck.additional_allowed_buckets`. */
const allowedBuckets = madeOnce((config: Config): Set<string> => {
  const { default_decoration_configs, default_decoration_config_entries } = config.plank;
  const decorations = [
    ...Object.values(default_decoration_configs ?? {}),
    ...(default_decoration_config_entries ?? []).map((entry) => entry.config),
    ...[config.presubmits, config.postsubmits]
      .flatMap((jobs) => Object.values(jobs).flat())
      .map((job) => job.decoration_config),
    ...config.periodics.map((job) => job.decoration_config),
  ];
  const buckets = decorations.map((decoration) => decoration?.gcs_configuration?.bucket);
  const names = [...buckets, ...(config.deck.additional_allowed_buckets ?? [])]
    .filter((bucket): bucket is string => Boolean(bucket))
    .map((bucket) => bucket.replace(/^\w+:\/\//, "").replace(/\/.*$/s, ""));
  return new Set(names);
});
