// A process that is started again whenever it dies, as a kubelet does.
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type Command, startLogged } from "../stage/logged-process.ts";

/** A kubelet waits longer, but here it is to die often. */
const RESTART_MS = 100;

export class Supervised {
  readonly #command: Command;
  #child: ChildProcess | undefined;
  #wanted = false;
  /** Where it has not died yet, by name. */
  readonly #failpoints = new Map<string, number>();
  #ours = false;
  /** Failpoints at which it has died, and how often it died without anybody wanting it. */
  readonly deaths = { failpoints: new Set<string>(), other: 0 };

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

  /** kill -9, and again when it comes to that point for the `nth` time in one of its next lives. */
  dieAt(name: string, nth: number): void {
    this.#failpoints.set(name, nth);
    this.kill();
  }

  /** kill -9; it stays away until it is started. */
  async down(): Promise<void> {
    this.#wanted = false;
    this.kill();
    while (this.#child) await pause(20);
  }

  #spawn(): void {
    const FAILPOINT = [...this.#failpoints].map(([name, nth]) => `${name}:kill:${nth}`).join(",");
    this.#ours = false;
    const { env } = this.#command;
    const child = startLogged({ ...this.#command, env: { ...env, ...(FAILPOINT && { FAILPOINT }) } });
    this.#child = child;
    child.once("exit", (_, signal) => {
      this.#child = undefined;
      if (!this.#ours) this.#died(signal);
      setTimeout(() => this.#wanted && !this.#child && this.#spawn(), RESTART_MS);
    });
  }

  #died(signal: NodeJS.Signals | null): void {
    const last = readFileSync(this.#command.log, "utf8").trimEnd().split("\n").at(-1) ?? "";
    const point = /^FAILPOINT (\S+): killed$/.exec(last)?.[1];
    if (signal === "SIGKILL" && point && this.#failpoints.delete(point)) this.deaths.failpoints.add(point);
    else this.deaths.other += 1;
  }
}
