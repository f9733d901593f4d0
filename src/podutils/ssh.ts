// SSH keys and known hosts for cloning over ssh.
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRecord } from "../model/clone-record.ts";
import { mountedFiles } from "./mounted-files.ts";
import { runCommand } from "./run-command.ts";
import type { Env } from "./utility.ts";

export interface SSHSetup {
  env: Record<string, string>;
  commands: CommandRecord[];
  failed: boolean;
  /** Ends the agent, which would outlive a container that is a process of this machine. */
  stop(): void;
}

/** Starts ssh-agent, adds every key below `paths` and trusts `fingerprints` (lines of ssh-keyscan). */
export async function prepareSSH(paths: string[], fingerprints: string[], env: Env): Promise<SSHSetup> {
  const setup: SSHSetup = {
    ...{ env: {}, commands: [], failed: false },
    stop: () => end(Number(setup.env["SSH_AGENT_PID"] ?? 0)),
  };
  const run = async (command: string, args: string[], shown: string): Promise<string | undefined> => {
    const { output, error } = await runCommand(command, args, { env: { ...env, ...setup.env } });
    setup.commands.push({ command: shown, output, ...(error && { error }) });
    if (error) setup.failed = true;
    return error ? undefined : output;
  };
  if (paths.length > 0) {
    const agent = await run("ssh-agent", ["-s"], "ssh-agent");
    for (const [, key = "", value = ""] of agent?.matchAll(/(SSH_AUTH_SOCK|SSH_AGENT_PID)=([^;]*);/g) ?? []) {
      setup.env[key] = value;
    }
    if (setup.failed) return setup;
    for (const key of (await Promise.all(paths.map(mountedFiles))).flat()) {
      await run("ssh-add", [key], `ssh-add ${JSON.stringify(key)}`);
    }
  }
  if (fingerprints.length > 0 && !setup.failed) {
    const directory = env["TMPDIR"] || "/tmp";
    const file = join(directory, "known_hosts");
    await mkdir(directory, { recursive: true });
    await appendFile(file, `${fingerprints.join("\n")}\n`);
    setup.commands.push({ command: `cutwater: append ${JSON.stringify(file)}` });
    setup.env["GIT_SSH_COMMAND"] = `ssh -o UserKnownHostsFile='${file}'`;
  }
  return setup;
}

function end(agent: number): void {
  if (!(agent > 0)) return;
  try {
    process.kill(agent);
  } catch {
    // It has ended by itself.
  }
}
