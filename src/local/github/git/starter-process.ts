// The small process of starter.ts. It ends with the one that it works for.
import { spawn } from "node:child_process";
import type { Answer, Request } from "./starter.ts";

process.on("message", ({ id, file, args, cwd, input }: Request) => {
  const answer = (what: Answer) => process.connected && process.send?.(what);
  const child = spawn(file, args, { cwd });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.on("error", ({ message }) => answer({ id, fault: message }));
  child.on("close", (code) =>
    answer({ id, code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }),
  );
  // A program that ends early closes its input; its exit code says all there is to say.
  child.stdin.on("error", () => {});
  child.stdin.end(input ?? "");
});
