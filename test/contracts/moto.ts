// A server that speaks S3, STS and the metadata service of a machine: moto, from PyPI, in a virtual environment.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

const binary = join(homedir(), ".cache/cutwater-moto/bin/moto_server");

/** Why a test that wants moto is skipped; undefined when it is there. */
export const motoIsMissing = existsSync(binary)
  ? undefined
  : `${binary} is missing: python3 -m venv ~/.cache/cutwater-moto && ~/.cache/cutwater-moto/bin/pip install 'moto[s3,server]'`;

export interface Moto {
  url: string;
  stop(): void;
}

export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server: ChildProcess = spawn(binary, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const answers = () =>
    fetch(`${url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with ${server.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, stop: () => void server.kill() };
}
