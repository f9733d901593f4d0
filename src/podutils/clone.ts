// Clones one set of refs and records every command.
import { mkdir } from "node:fs/promises";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { CloneRecord } from "../model/clone-record.ts";
import type { Refs } from "../model/refs.ts";
import type { ClonerefsOptions } from "../model/utility-options.ts";
import {
  baseCommands,
  cloneDirectory,
  cloneURI,
  type GitCommand,
  pullCommands,
  unsafeRefs,
} from "./clone-plan.ts";
import type { Credentials } from "./git-credentials.ts";
import { runCommand } from "./run-command.ts";
import type { Env } from "./utility.ts";

const FETCH_RETRIES_MS = [100, 200, 400, 800, 2_000, 5_000, 10_000, 15_000, 30_000];

export interface CloneContext {
  env: Env;
  /** Takes secrets out of what is recorded. */
  censor: (text: string) => string;
  clock: Clock;
  log: Logger;
}

/** Never rejects: what fails is in the record. */
export async function cloneRefs(
  refs: Refs,
  options: Pick<ClonerefsOptions, "src_root" | "git_user_name" | "git_user_email" | "cookie_path">,
  credentials: () => Promise<Credentials | undefined>,
  context: CloneContext,
): Promise<CloneRecord> {
  const started = context.clock.now().getTime();
  const record: CloneRecord = { refs, commands: [] };
  const finished = (): CloneRecord => ({ ...record, duration: since(context.clock, started) });
  const fail = (command: string, error: string): CloneRecord => {
    record.commands?.push({ command, error: context.censor(error) });
    return { ...finished(), failed: true };
  };
  const unsafe = unsafeRefs(refs);
  if (unsafe) return fail("cutwater: check refs", unsafe);
  const directory = cloneDirectory(options.src_root, refs);
  const unmade = await mkdir(directory, { recursive: true }).then(
    () => undefined,
    (error: Error) => error,
  );
  if (unmade) return fail(`cutwater: make ${directory}`, unmade.message);

  let login: Credentials | undefined;
  try {
    login = await credentials();
  } catch (error) {
    return fail(`cutwater: get a token for ${refs.org}`, (error as Error).message);
  }
  const env = { ...context.env, ...login?.envFor(cloneURI(refs)) };
  const run = (command: GitCommand) =>
    recorded(command, directory, record, {
      ...context,
      env: command.fetches ? env : context.env,
    });
  try {
    const user = { name: options.git_user_name, email: options.git_user_email };
    for (const command of baseCommands(refs, user, options.cookie_path)) {
      if (!(await run(command))) return { ...finished(), failed: true };
    }
    const headDate = await silently(["show", "-s", "--format=format:%ct", "HEAD"], refs, options, context);
    const seconds = Number(headDate) || Math.floor(context.clock.now().getTime() / 1000);
    for (const command of pullCommands(refs, seconds)) {
      if (!(await run(command))) return { ...finished(), failed: true };
    }
    const sha = await silently(["rev-parse", "HEAD"], refs, options, context);
    return { ...finished(), ...(sha && { final_sha: sha }) };
  } finally {
    await login?.dispose();
  }
}

async function recorded(
  { args, env: extra = {}, fetches }: GitCommand,
  cwd: string,
  record: CloneRecord,
  { env, censor, clock, log }: CloneContext,
): Promise<boolean> {
  const started = clock.now().getTime();
  const dates = Object.entries(extra).map(([key, value]) => `${key}=${value}`);
  const command = censor(`PWD=${cwd} ${dates.join(" ")} git ${args.join(" ")}`);
  let result = await runCommand("git", args, { cwd, env: { ...env, ...extra } });
  for (const pause of fetches ? FETCH_RETRIES_MS : []) {
    if (!result.error) break;
    log.info({ command, sleep: `${pause}ms`, error: result.error }, "Retrying after sleep");
    await clock.sleep(pause);
    result = await runCommand("git", args, { cwd, env: { ...env, ...extra } });
  }
  const output = censor(result.output);
  const error = result.error && censor(result.error);
  log.info({ command, output, ...(error && { error }) }, "Ran command");
  record.commands?.push({
    command,
    ...(output && { output }),
    ...(error && { error }),
    duration: since(clock, started),
  });
  return !error;
}

async function silently(
  args: string[],
  refs: Refs,
  options: Pick<ClonerefsOptions, "src_root">,
  { env }: CloneContext,
): Promise<string | undefined> {
  const { output, error } = await runCommand("git", args, {
    cwd: cloneDirectory(options.src_root, refs),
    env,
  });
  return error ? undefined : output.trim();
}

/** Nanoseconds; at least one, since 0 means unknown. */
const since = (clock: Clock, started: number): number => Math.max(1, (clock.now().getTime() - started) * 1e6);
