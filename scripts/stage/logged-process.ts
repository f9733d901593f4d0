// A process that writes into a file.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface Command {
  file: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** What it writes is added to this file. */
  log: string;
}

export function startLogged({ file, args, env, log }: Command): ChildProcess {
  const output = openSync(log, "a");
  const child = spawn(file, args, { env, stdio: ["ignore", output, output] });
  closeSync(output);
  return child;
}
