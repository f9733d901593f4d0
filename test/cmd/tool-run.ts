// Runs a tool as the program does, with a process of plain data.
import type { Command, Host } from "../../src/cmd/command.ts";
import { parseFlags } from "../../src/lib/flags.ts";
import { manualClock } from "../lib/manual-clock.ts";

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

export async function run(tool: Command, argv: readonly string[], cwd = process.cwd()): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const host: Host = {
    env: {},
    cwd,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    errIsTerminal: false,
    onWarning: () => {},
    clock: manualClock(),
    random: () => 0.5,
    signal: new AbortController().signal,
  };
  const code = await tool.run(parseFlags(tool.flags, argv), host);
  return { code, out: out.map((line) => `${line}\n`).join(""), err: err.map((line) => `${line}\n`).join("") };
}
