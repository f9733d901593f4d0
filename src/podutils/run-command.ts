// Runs a program without a shell and keeps what it printed.
import { spawn } from "node:child_process";

export interface CommandResult {
  /** Standard output and standard error, as they came. */
  output: string;
  /** undefined when it exited with 0; else as Go words it, e.g. `exit status 128`. */
  error?: string;
}

/** Never rejects: a program that cannot be started is an error like any other. */
export function runCommand(
  command: string,
  args: string[],
  options: { cwd?: string; env: Record<string, string | undefined> },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const output = () => Buffer.concat(chunks).toString();
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.once("error", (error) => resolve({ output: output(), error: error.message }));
    child.once("close", (code, signal) => {
      const error = signal ? `signal: ${signal}` : code === 0 ? undefined : `exit status ${code}`;
      resolve({ output: output(), error });
    });
  });
}
