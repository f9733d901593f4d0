// The last build number of every job, in one file that survives a crash: a number is on disk before anybody has it.
import { access, constants, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { isRecord } from "../lib/schema.ts";

export class TotStore {
  readonly #path: string;
  readonly #numbers: Map<string, number>;
  readonly #bases = new Map<string, Promise<number>>();
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(path: string, numbers: Map<string, number>) {
    this.#path = path;
    this.#numbers = numbers;
  }

  /** Throws when the file is there and is not tot's, and when none can be written there. */
  static async open(path: string): Promise<TotStore> {
    await access(dirname(path), constants.W_OK);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return new TotStore(path, new Map());
      throw error;
    }
    return new TotStore(path, numbersIn(text));
  }

  /** 0 when none was given. */
  peek(job: string): number {
    return this.#numbers.get(job) ?? 0;
  }

  /** `base`: the last number of a job that was never asked for here. Rejects when the number cannot be kept. */
  async vend(job: string, base: (job: string) => Promise<number>): Promise<number> {
    if (!this.#numbers.has(job)) await this.#begin(job, base);
    const number = this.peek(job) + 1;
    await this.set(job, number);
    return number;
  }

  async set(job: string, number: number): Promise<void> {
    this.#numbers.set(job, number);
    await this.#save();
  }

  async #begin(job: string, base: (job: string) => Promise<number>): Promise<void> {
    const asking = this.#bases.get(job) ?? base(job);
    this.#bases.set(job, asking);
    try {
      const last = await asking;
      if (!this.#numbers.has(job)) this.#numbers.set(job, last);
    } finally {
      this.#bases.delete(job);
    }
  }

  /** One write keeps all that has been set before it begins. */
  #save(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#running = this.#next!;
        this.#next = undefined;
        return this.#write();
      });
    return this.#next;
  }

  async #write(): Promise<void> {
    const temporary = `${this.#path}.tmp`;
    const file = await open(temporary, "w", 0o644);
    try {
      await file.writeFile(JSON.stringify({ Number: Object.fromEntries(this.#numbers) }));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
    const directory = await open(dirname(this.#path), "r");
    await directory.sync().finally(() => directory.close());
  }
}

function numbersIn(text: string): Map<string, number> {
  const data: unknown = JSON.parse(text);
  const numbers = isRecord(data) ? (data["Number"] ?? {}) : undefined;
  if (!isRecord(numbers)) throw new Error('expected {"Number": {"job": 1}}');
  const entries = Object.entries(numbers).map(([job, number]): [string, number] => {
    if (!Number.isSafeInteger(number)) throw new Error(`the number of job ${JSON.stringify(job)} is none`);
    return [job, number as number];
  });
  return new Map(entries);
}
