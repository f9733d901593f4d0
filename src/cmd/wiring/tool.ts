// What every tool does around its work: what it is given is checked, and one sentence says what is wrong with it.
import { readFileSync, statSync } from "node:fs";
import { type FlagTable, UsageError } from "../../lib/flags.ts";
import { type Command, command } from "../command.ts";

/** A tool was given something that it cannot work with; the message says what, where, and what to do. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A command that answers bad input with a sentence on standard error and exit code 1, and writes nothing then. */
export function tool<const F extends FlagTable>(name: string, definition: Command<F>): Command {
  return command<F>({
    ...definition,
    async run(parsed, host) {
      try {
        return await definition.run(parsed, host);
      } catch (error) {
        if (!(error instanceof InputError || error instanceof UsageError)) throw error;
        host.err(`cutwater ${name}: ${error.message}`);
        return 1;
      }
    },
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  ENOTDIR: "a part of the path is no directory",
  EACCES: "permission denied",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
};

const unreadable = (path: string, what: string, error: unknown): InputError => {
  const { code, message } = error as NodeJS.ErrnoException;
  return new InputError(`${what} ${path} cannot be read: ${REASONS[code ?? ""] ?? message}`);
};

/** `what` is how the sentence names it, e.g. `--prow-job`. Throws InputError when it is neither. */
export function kindOf(path: string, what: string): "file" | "directory" {
  if (path === "") throw new InputError(`${what} is empty: it names no file`);
  try {
    return statSync(path).isDirectory() ? "directory" : "file";
  } catch (error) {
    throw unreadable(path, what, error);
  }
}

/** Text of a file that has some. `-` is standard input where `stdin` allows it. Throws InputError. */
export function readText(path: string, what: string, { stdin = false } = {}): string {
  const standardInput = stdin && path === "-";
  if (!standardInput && kindOf(path, what) === "directory") {
    throw new InputError(`${what} ${path} is a directory; a file is wanted`);
  }
  let text: string;
  try {
    text = readFileSync(standardInput ? 0 : path, "utf8");
  } catch (error) {
    throw unreadable(path, what, error);
  }
  if (text.trim() === "") throw new InputError(`${what} ${path} is empty`);
  return text;
}

/** Throws InputError unless the value is one of the words. */
export function oneOf<T extends string>(words: readonly T[], value: string, flag: string): T {
  const found = words.find((word) => word === value);
  if (found === undefined)
    throw new InputError(`--${flag}=${value} is not known; it is one of ${words.join(", ")}`);
  return found;
}

/** Throws InputError when words follow the flags that the tool does not take. */
export function noArguments(args: readonly string[]): void {
  if (args.length)
    throw new InputError(`unexpected argument ${JSON.stringify(args[0])}; --help lists the flags`);
}
