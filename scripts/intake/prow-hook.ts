// Real Prow's hook, with the files and the GitHub that ours has.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/contracts/free-port.ts";
import { until } from "../stage/until.ts";

/** The folder is `writeHookFiles`'; resolves when webhooks are taken, with the address for them. */
export async function startProwHook(
  program: string,
  folder: string,
  github: string,
): Promise<{ child: ChildProcess; url: string }> {
  const ports = { port: await freePort(), "health-port": await freePort() };
  const file = (name: string) => join(folder, name);
  const flags = {
    ...ports,
    ...{ "metrics-port": await freePort(), "pprof-port": await freePort(), "dry-run": false },
    ...{ "config-path": file("config.yaml"), "plugin-config": file("plugins.yaml") },
    ...{ kubeconfig: file("kubeconfig"), "hmac-secret-file": file("hmac") },
    ...{ "github-token-path": file("token"), "webhook-path": "/hook" },
    ...{ "github-endpoint": github, "github-graphql-endpoint": `${github}/graphql` },
  };
  const output = openSync(file("prow.log"), "a");
  const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(program, argv, { stdio: ["ignore", output, output] });
  closeSync(output);
  const answers = (url: string) =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  await until("Prow's hook", () => answers(`http://127.0.0.1:${ports["health-port"]}/healthz/ready`));
  return { child, url: `http://127.0.0.1:${ports.port}/hook` };
}
