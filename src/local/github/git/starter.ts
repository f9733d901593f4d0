// Starts programs by way of a small process. Whoever starts one has its page tables copied first: a process of some hundred
// megabytes stands still for tens of milliseconds each time, and git is started thousands of times.
import { type ChildProcess, fork } from "node:child_process";

export interface Wanted {
  file: string;
  args: string[];
  cwd?: string | undefined;
  input?: string | Uint8Array | undefined;
}

export interface Ended {
  code: number;
  stdout: Buffer;
  stderr: string;
}

/** It could not be started. */
export interface NotStarted {
  fault: string;
}

/** To the small process, and back. */
export type Request = Wanted & { id: number };
export type Answer = (Ended | NotStarted) & { id: number };

let starter: Starter | undefined;

/** All that it writes, once it has ended. */
export function runElsewhere(wanted: Wanted): Promise<Ended | NotStarted> {
  if (!starter?.alive) starter = new Starter();
  return starter.run(wanted);
}

class Starter {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Ended | NotStarted) => void>();
  #count = 0;
  alive = true;

  constructor() {
    // In a session of its own: Ctrl-C is for us, who may still have something to finish.
    this.#child = fork(new URL("./starter-process.ts", import.meta.url), [], {
      ...{ detached: true, execArgv: [], serialization: "advanced" },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child.on("message", ({ id, ...answer }: Answer) => this.#settle(id, answer));
    this.#child.once("error", ({ message }) => this.#end(message));
    this.#child.once("exit", () => this.#end("the process that starts it has ended"));
    this.#child.unref();
    this.#child.channel?.unref();
  }

  run(wanted: Wanted): Promise<Ended | NotStarted> {
    return new Promise((resolve) => {
      const id = ++this.#count;
      this.#waiting.set(id, resolve);
      this.#child.channel?.ref();
      this.#child.send({ ...wanted, id } satisfies Request, (error) => {
        if (error) this.#settle(id, { fault: error.message });
      });
    });
  }

  #settle(id: number, answer: Ended | NotStarted): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#child.channel?.unref();
  }

  #end(fault: string): void {
    this.alive = false;
    for (const id of this.#waiting.keys()) this.#settle(id, { fault });
  }
}
