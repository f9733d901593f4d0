// Names and paths that try to lead out of where a job's results lie, and whether storage keys let them.
import { encodePath, parseStoragePath, storageURL } from "../src/deck/storage-path.ts";
import type { ProwJobType } from "../src/model/prowjob.ts";
import { aliasKey, jobDirectory, latestBuildKeys } from "../src/model/storage-layout.ts";
import { typeByName } from "../src/podutils/media-type.ts";
import { runDirectory } from "../src/podutils/upload-plan.ts";
import type { BlobStore } from "../src/storage/port.ts";
import type { Chance } from "./seeded.ts";

const PARTS = [
  ...[
    "..",
    ".",
    "...",
    "",
    "a",
    "logs",
    "pr-logs",
    "secret",
    "out",
    "link",
    "~",
    "-rf",
    "%2e%2e",
    "%2E.",
    "%2f",
    "%252e",
  ],
  ...[
    "..\\",
    "\\..",
    "..%00",
    "\0",
    "a\0b",
    "..;",
    "‥",
    "．．",
    "∕",
    "\n",
    "..\n",
    " ..",
    ".. ",
    "?x",
    "#x",
    "C:",
    "..gz",
  ],
  ...["...gz", ".gz", "..gzip", "gs:", "file:", "@", "__proto__", ".cutwater", "é", "🎈"],
];

/** What a test may call a file. */
const FILES = [
  "...gz",
  ".gz",
  "..gz",
  "....gz",
  ".gzip",
  "...gzip",
  ".gz.gz",
  "a.gz",
  "\\..",
  "..;",
  "...",
  "%2e%2e",
];

/** Up to five parts, joined as somebody hostile would. */
function hostilePath(chance: Chance): string {
  const parts = Array.from({ length: 1 + chance.below(5) }, () => chance.pick(PARTS));
  return parts.join(chance.pick(["/", "/", "/", "//", "%2f", "\\", ""]));
}

const TYPES: readonly ProwJobType[] = ["presubmit", "postsubmit", "periodic", "batch"];
const STRATEGIES = ["explicit", "single", "legacy"] as const;

const isPlain = (key: string): boolean =>
  key.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/** What is wrong with the keys of one job whose every name is hostile; empty is right. */
export function wrongLayout(chance: Chance): string[] {
  const name = () => hostilePath(chance);
  const [org, repo] = [name(), name()];
  const spec = {
    ...{ type: chance.pick(TYPES), job: name(), buildid: name(), prowjobid: "x" },
    refs: { org, repo, pulls: [{ number: 7, author: "a", sha: "s" }] },
  };
  const options = {
    ...{ bucket: "bucket", path_strategy: chance.pick(STRATEGIES), path_prefix: chance.pick(["", "kept"]) },
    ...(chance.oneIn(2) && { default_org: org, default_repo: chance.oneIn(2) ? repo : "r" }),
    ...(chance.oneIn(2) && { sub_dir: name() }),
  };
  const top = spec.type === "presubmit" || spec.type === "batch" ? "pr-logs/" : "logs/";
  const below = options.path_prefix ? `${options.path_prefix}/${top}` : top;
  const directory = jobDirectory(spec, options);
  const run = runDirectory(
    options as Parameters<typeof runDirectory>[0],
    spec as Parameters<typeof runDirectory>[1],
  );
  const pointers = [aliasKey(spec) ?? top, ...latestBuildKeys(spec, options)];
  const leaf = chance.pick(FILES);
  const file = typeByName(`${directory}/${leaf}`).name;
  return [
    ...(directory.startsWith(below) && isPlain(directory) ? [] : [`directory ${directory}`]),
    ...((run === directory || run.startsWith(`${directory}/`)) && isPlain(run.replace(/\/$/, ""))
      ? []
      : [`run ${run}`]),
    ...pointers
      .filter((key) => key !== top && !(key.startsWith(top) && isPlain(key)))
      .map((key) => `pointer ${key}`),
    ...(file.startsWith(`${directory}/`) && isPlain(file) ? [] : [`file ${file}`]),
  ];
}

/** What is wrong with what Deck makes of an address. */
export function wrongAddress(chance: Chance): string[] {
  const address = `${chance.pick(["gs", "gcs", "s3"])}/bucket/${hostilePath(chance)}`;
  const path = parseStoragePath(address);
  if (!path) return [];
  const again = parseStoragePath(encodePath(path));
  const served = new URL(`/view/${encodePath(path)}`, "http://deck").pathname;
  return [
    ...(path.bucket === "bucket" && isPlain(path.key) ? [] : [`${address} is ${storageURL(path)}`]),
    ...(JSON.stringify(again) === JSON.stringify(path) ? [] : [`${address} is not the same when encoded`]),
    ...(served.startsWith(`/view/${path.provider}/bucket/`) ? [] : [`${address} is served at ${served}`]),
  ];
}

/** Reads, lists and writes by a hostile URL in a directory that has links to `outside`; what it gets of there is wrong. */
export async function wrongAccess(chance: Chance, store: BlobStore, canary: string): Promise<string[]> {
  const url = `${chance.pick(["gs://bucket/", "s3://bucket/", "gs://", "file://", "file:///"])}${hostilePath(chance)}`;
  const text = await store
    .read(url)
    .then((stream) => new Response(stream).text())
    .catch(() => "");
  const told = await store.stat(url).catch(() => undefined);
  const listed = await store.list(url.endsWith("/") ? url : `${url}/`).catch(() => ({ objects: [] }));
  await store.write(url, "written").catch(() => undefined);
  const found = [text, JSON.stringify(told ?? ""), JSON.stringify(listed)].filter((one) =>
    one.includes(canary),
  );
  return found.map(() => `${JSON.stringify(url)} leads outside`);
}
