// One container from its configuration to its end, kept up to date in its record.
import { mkdir, readFile } from "node:fs/promises";
import type { Container, ContainerState, Pod } from "../../model/pod.ts";
import { readLog } from "./container-log.ts";
import { containerEnv } from "./environment.ts";
import { type Launch, launchOf, pathsFor, type Runtime, type StartError, standIn } from "./launch.ts";
import { type Lookups, MissingError } from "./lookups.ts";
import type { PodDirectory } from "./pod-directory.ts";
import type { ContainerRecord } from "./pod-status.ts";
import { type Exit, type RunningProcess, startProcess } from "./process.ts";
import type { ReporterOptions } from "./reporter.ts";
import { containerMounts } from "./volumes.ts";

export interface ContainerOptions extends ReporterOptions {
  runtime: Runtime;
  images: Readonly<Record<string, string[]>>;
  /** PATH and the like, for every container; nothing else of this machine's environment gets in. */
  env: Record<string, string>;
  /** Only for the containers that our own programs stand in for, e.g. where object storage is. */
  utilityEnv: Record<string, string>;
}

export interface PodContext {
  pod: Pod;
  options: ContainerOptions;
  directory: PodDirectory;
  from: Lookups;
  volumes: Map<string, string>;
  processes: Map<string, RunningProcess>;
  /** Aborts when no container may start any more. */
  stop: AbortSignal;
  /** Writes the records into the pod's status. */
  publish(): void;
  event(reason: string, message: string, type?: "Warning"): void;
}

/** A path that our entrypoint has built in: only as the value of a variable can it be told the pod's mount. */
const ENTRYPOINT_COPY = "/tools/entrypoint";

const CONFIG_RETRY_MS = 2_000;
const MESSAGE_BYTES = 2048;
const MESSAGE_LINES = 80;

/** Resolves when it has ended (its record says how), or when it was stopped before it began. */
export async function runContainer(
  context: PodContext,
  container: Container,
  record: ContainerRecord,
): Promise<void> {
  const launch = await configured(context, container, record);
  if (!launch) return;
  const { clock } = context.options;
  const logFile = context.directory.log(container.name, record.restartCount);
  const killsBefore = await oomKills();
  const started = "startError" in launch ? launch : await startProcess(launch, logFile, clock);
  const startedAt = clock.now().toISOString();
  if ("startError" in started) {
    context.event("Failed", `Error: ${started.startError}`, "Warning");
    record.state = { terminated: failedToStart(started, startedAt) };
    context.publish();
    return;
  }
  context.processes.set(container.name, started);
  await context.directory.note(started.pid);
  // Stopped while it was starting: nobody else has seen it yet.
  if (context.stop.aborted) started.kill();
  record.containerID = `${context.options.runtime}://${started.pid}`;
  record.state = { running: { startedAt } };
  context.publish();
  context.event("Started", `Started container ${container.name}`);

  const exit = await started.exited;
  context.processes.delete(container.name);
  const oom = exit.signal === 9 && !context.stop.aborted && (await oomKills()) > killsBefore;
  const message = await terminationMessage(context, container, exit, logFile);
  record.state = {
    terminated: {
      ...exit,
      reason: oom ? "OOMKilled" : exit.exitCode === 0 ? "Completed" : "Error",
      ...(message && { message }),
      startedAt,
      finishedAt: clock.now().toISOString(),
    },
  };
  context.publish();
}

/** Waits until all that the container refers to exists. undefined when stopped before. */
async function configured(
  context: PodContext,
  container: Container,
  record: ContainerRecord,
): Promise<Launch | StartError | undefined> {
  const { clock } = context.options;
  while (!context.stop.aborted) {
    try {
      return await launchFor(context, container);
    } catch (error) {
      const { message } = error as Error;
      record.state = { waiting: { reason: "CreateContainerConfigError", message } };
      context.publish();
      context.event("Failed", `Error: ${message}`, "Warning");
      if (!(error instanceof MissingError))
        context.options.log.warn({ error: String(error) }, "Container not configured");
      await clock.sleep(CONFIG_RETRY_MS, context.stop);
    }
  }
  return undefined;
}

async function launchFor(context: PodContext, container: Container): Promise<Launch | StartError> {
  const { options, directory, pod } = context;
  const home = directory.home(container.name);
  const temporary = directory.temporary(container.name);
  await Promise.all([home, temporary].map((path) => mkdir(path, { recursive: true })));
  const { images, runtime } = options;
  const mounts = await containerMounts(container, context.volumes);
  const rewrite = pathsFor({ container, images, mounts, runtime });
  const base = {
    ...options.env,
    HOME: home,
    TMPDIR: temporary,
    HOSTNAME: pod.metadata.name,
    ...(standIn(container, images) && {
      CUTWATER_ENTRYPOINT_COPY: rewrite(ENTRYPOINT_COPY),
      ...options.utilityEnv,
    }),
  };
  const env = await containerEnv(container, base, context.from, rewrite);
  return launchOf({ pod, container, env, mounts, home, images, runtime });
}

const failedToStart = (
  { startError }: StartError,
  at: string,
): NonNullable<ContainerState["terminated"]> => ({
  exitCode: 128,
  reason: "StartError",
  message: startError,
  startedAt: at,
  finishedAt: at,
});

async function terminationMessage(
  { options: { clock } }: PodContext,
  { terminationMessagePolicy }: Container,
  exit: Exit,
  logFile: string,
): Promise<string | undefined> {
  if (exit.exitCode === 0 || terminationMessagePolicy !== "FallbackToLogsOnError") return undefined;
  const chunks: Buffer[] = [];
  const lines = readLog(
    logFile,
    { tailLines: MESSAGE_LINES },
    { over: () => true },
    clock,
    new AbortController().signal,
  );
  for await (const line of lines) chunks.push(line);
  return Buffer.concat(chunks).subarray(-MESSAGE_BYTES).toString();
}

/** How many processes the kernel has killed for want of memory since it started. */
async function oomKills(): Promise<number> {
  const text = await readFile("/proc/vmstat", "utf8").catch(() => "");
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}
