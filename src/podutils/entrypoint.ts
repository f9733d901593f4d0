// entrypoint: runs the job's own command, keeps its output, enforces its timeout, and marks its end.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ENTRYPOINT_OPTIONS, type EntrypointOptions } from "../model/utility-options.ts";
import { INTERNAL_ERROR, PREVIOUS_FAILED, waitForMarkers, writeMarker } from "./marker.ts";
import { openProcessLog, type ProcessLog } from "./process-log.ts";
import {
  type Env,
  OptionsError,
  optionsFrom,
  reportingOptions,
  type StopSignal,
  type UtilityIO,
} from "./utility.ts";
import { type Interrupt, runWrapped } from "./wrapped-process.ts";

const COPY_DESTINATION = "/tools/entrypoint";

/** Exit code: the command's own, 127 for an internal error or the timeout, 130 when interrupted, 1130 when skipped. */
export const entrypoint = (env: Env, io: UtilityIO): Promise<number> =>
  reportingOptions(io, async () => {
    const options = env[ENTRYPOINT_OPTIONS] === undefined ? fromFlags(io.args) : entrypointOptions(env);
    if (options.copy_mode_only) {
      await writeLauncher(options.copy_dst || env["CUTWATER_ENTRYPOINT_COPY"] || COPY_DESTINATION, io.self);
      return 0;
    }
    validate(options);
    const { ENTRYPOINT_OPTIONS: _options, ...childEnv } = env;
    const code = await runAndReport(options, childEnv, io);
    try {
      await writeMarker(options.marker_file, code, options.container_name);
    } catch (error) {
      io.log.error({ error: String(error) }, "Error writing exit code to marker file");
      return INTERNAL_ERROR;
    }
    return options.always_zero ? 0 : code;
  });

const entrypointOptions = (env: Env): EntrypointOptions => optionsFrom(env, ENTRYPOINT_OPTIONS);

/** place-entrypoint is told by flags, since it wraps nothing. */
function fromFlags(args: string[]): EntrypointOptions {
  const flags = Object.fromEntries(
    args.map((arg) => arg.replace(/^--?/, "").split("=", 2) as [string, string?]),
  );
  if (!("copy-mode-only" in flags) || flags["copy-mode-only"] === "false") {
    throw new OptionsError(`${ENTRYPOINT_OPTIONS} is not set: it holds this utility's options as JSON`);
  }
  const copy_dst = flags["copy-destination"];
  const none = { timeout: 0, grace_period: 0, process_log: "", marker_file: "", metadata_file: "" };
  return { ...none, copy_mode_only: true, copy_dst };
}

function validate(options: EntrypointOptions): void {
  if (!options.args?.length) throw new OptionsError("no process to wrap specified (args)");
  if (!options.process_log) throw new OptionsError("no log file specified (process_log)");
  if (!options.marker_file) throw new OptionsError("no marker file specified (marker_file)");
  if (options.propagate_error_code && options.always_zero) {
    throw new OptionsError("cannot propagate error code and always exit zero");
  }
}

/** In place of a static binary: a script that starts these sources again, from any container of this machine. */
async function writeLauncher(file: string, self: string[]): Promise<void> {
  const quoted = self.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\nexec ${quoted} entrypoint "$@"\n`);
  await chmod(file, 0o755);
}

async function runAndReport(options: EntrypointOptions, env: Env, io: UtilityIO): Promise<number> {
  let log: ProcessLog | undefined;
  const interrupt = listenForInterrupt(io);
  try {
    if (options.artifact_dir) await mkdir(options.artifact_dir, { recursive: true });
    log = await openProcessLog(options.process_log, io);
    if (options.previous_marker) {
      const code = await previousCode(options.previous_marker, interrupt, io);
      if (code !== 0) {
        log.say("info", `Skipping as previous step exited ${code}`);
        return PREVIOUS_FAILED;
      }
    }
    const { code, error } = await runWrapped(options, env, log, interrupt, io.clock);
    if (error) io.log.error({ error }, "Error executing test process");
    return code;
  } catch (error) {
    io.log.error({ error: String(error) }, "Error executing test process");
    return INTERNAL_ERROR;
  } finally {
    interrupt.stop();
    await log?.close();
  }
}

async function previousCode(marker: string, interrupt: Interrupt, io: UtilityIO): Promise<number> {
  const stop = new AbortController();
  interrupt.first.then(() => stop.abort());
  return (await waitForMarkers([marker], io.clock, stop.signal))[0] ?? -1;
}

/** From the start: a signal that comes before the command runs must not be lost. Later ones are ignored. */
function listenForInterrupt(io: UtilityIO): Interrupt {
  let stop = () => {};
  const first = new Promise<StopSignal>((resolve) => {
    stop = io.onSignal(resolve);
  });
  return { first, stop };
}
