// Whether, and how, what sidecar uploads is freed of secrets. When that fails, it is not uploaded.
import type { Logger } from "../lib/logger.ts";
import type { CensoringOptions, SidecarOptions, WrapperOptions } from "../model/utility-options.ts";
import { volumesOf } from "./plain-file.ts";

export interface Censored {
  /** Why this file must not be uploaded, or undefined. */
  withheld(file: string): string | undefined;
  /** Files that could not be censored, with the reason. */
  failures: ReadonlyMap<string, string>;
  /** The file to upload in place of a process log. */
  log(file: string): string;
  /** For texts of sidecar's own. */
  censor(text: Buffer): Buffer;
}

const NOTHING_TO_CENSOR: Censored = {
  withheld: () => undefined,
  failures: new Map(),
  log: (file) => file,
  censor: (text) => text,
};
/** A process that the test has left behind may still write. */
const LATE = "it came while the others were searched for secrets";

/** Censors the files in place. */
export async function censorAll(
  options: SidecarOptions,
  entries: WrapperOptions[],
  log: Logger,
): Promise<Censored> {
  const censoring = censoringOptions(options);
  if (!censoring) return NOTHING_TO_CENSOR;
  // Loaded only when there is something to censor.
  const [{ censorOf }, { censoredCopy, censorFiles }, { secretForms }, { loadSecrets }] = await Promise.all([
    import("./censor.ts"),
    import("./censor-files.ts"),
    import("./secret-forms.ts"),
    import("./secrets.ts"),
  ]);
  try {
    const secrets = await loadSecrets(censoring.secret_directories ?? [], censoring.ini_filenames);
    const censor = censorOf(secretForms(secrets, censoring.minimum_secret_length));
    const logs = entries.map((entry) => entry.process_log);
    const metadata = entries.flatMap((entry) => entry.metadata_file || []);
    const volumes = volumesOf(entries);
    const outcome = await censorFiles(logs, options.gcs_options.items ?? [], censoring, censor, volumes);
    // Metadata goes into finished.json even when its directory is excluded from censoring.
    const faults = await censorFiles([], metadata, {}, censor, volumes);
    const failures = new Map([...outcome.failed, ...faults.failed]);
    for (const [file, reason] of failures)
      log.error({ file, error: reason }, "Failed to censor file, not uploading it");
    const isFree = (file: string) => outcome.free.has(file) || faults.free.has(file);
    const withheld = (file: string) => failures.get(file) ?? (isFree(file) ? undefined : LATE);
    return { withheld, failures, log: censoredCopy, censor: censor.bytes };
  } catch (error) {
    const reason = (error as Error).message;
    log.error({ error: reason }, "Failed to censor data, not uploading logs and artifacts");
    const failures = new Map([["everything", reason]]);
    return { withheld: () => reason, failures, log: (file) => file, censor: () => Buffer.from("") };
  }
}

/** The deprecated options of the same names stand at the top level. */
function censoringOptions(options: SidecarOptions & CensoringOptions): CensoringOptions | undefined {
  if (options.censoring_options) return options.censoring_options;
  const { secret_directories, censoring_concurrency, censoring_buffer_size } = options;
  const old = { secret_directories, censoring_concurrency, censoring_buffer_size };
  return Object.values(old).some((value) => value !== undefined) ? old : undefined;
}
