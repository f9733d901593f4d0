// A process that is started again whenever it dies, as a kubelet does.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

export interface Command {
  file: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** What it writes is added to this file. */
  log: string;
}

/** A kubelet waits longer, but here it is to die often. */
const RESTART_MS = 100;

export class Supervised {
  readonly #command: Command;
  #child: ChildProcess | undefined;
  #wanted = false;
  #failpoints: string[] = [];
  #ours = false;
  /** Deaths by a failpoint, and deaths that nobody wanted. */
  readonly deaths = { failpoint: 0, other: 0 };

  constructor(command: Command) {
    this.#command = command;
  }

  start(): void {
    this.#wanted = true;
    if (!this.#child) this.#spawn();
  }

  /** kill -9; it comes back. */
  kill(): void {
    this.#ours = true;
    this.#child?.kill("SIGKILL");
  }

  /** kill -9, and at that point of its next life again. */
  dieAt(failpoint: string): void {
    this.#failpoints.push(failpoint);
    this.kill();
  }

  /** kill -9; it stays away until it is started. */
  async down(): Promise<void> {
    this.#wanted = false;
    this.kill();
    while (this.#child) await pause(20);
  }

  #spawn(): void {
    const { file, args, env, log } = this.#command;
    const output = openSync(log, "a");
    const FAILPOINT = this.#failpoints.shift();
    this.#ours = false;
    const child = spawn(file, args, {
      env: { ...env, ...(FAILPOINT && { FAILPOINT }) },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    this.#child = child;
    child.once("exit", (_, signal) => {
      this.#child = undefined;
      // It was killed before it came to that point: the next life may.
      if (this.#ours && FAILPOINT) this.#failpoints.push(FAILPOINT);
      if (!this.#ours) this.deaths[signal === "SIGKILL" && FAILPOINT ? "failpoint" : "other"] += 1;
      setTimeout(() => this.#wanted && !this.#child && this.#spawn(), RESTART_MS);
    });
  }
}
