// The files that components read at their start, and the flags that name them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { APP_ID } from "./app.ts";

export interface ComponentFiles {
  config: string;
  plugins: string;
  hmac: string;
  /** Private key of the App. */
  key: string;
  /** Of git: GitHub's repositories are on this machine. */
  gitConfig: string;
  kubeconfig: string;
}

/** The contents. */
export interface Contents {
  config: object;
  plugins: object;
  secret: string;
  key: string;
  kubeconfig: string;
  /** The emulator. */
  github: string;
  /** Beside the usual one, as another program asks for it. */
  gitHosts?: readonly string[];
}

/** Components know GitHub's web address by its host alone, and that is over HTTPS. */
const GITHUB_HOST = "github.invalid";

export function writeFiles(folder: string, given: Contents): ComponentFiles {
  mkdirSync(folder, { recursive: true });
  const put = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const hosts = [`https://${GITHUB_HOST}/`, ...(given.gitHosts ?? [])];
  return {
    config: put("config.yaml", JSON.stringify(given.config)),
    plugins: put("plugins.yaml", JSON.stringify(given.plugins)),
    hmac: put("hmac", given.secret),
    key: put("key.pem", given.key),
    gitConfig: put(
      "gitconfig",
      `[url "${given.github}/"]\n${hosts.map((url) => `\tinsteadOf = ${url}\n`).join("")}`,
    ),
    kubeconfig: put("kubeconfig", given.kubeconfig),
  };
}

export interface Ports {
  health: number;
  metrics: number;
}

export const readyURL = ({ health }: Ports): string => `http://127.0.0.1:${health}/healthz/ready`;

/** Of every component. */
export const usualFlags = (
  { config, kubeconfig }: Pick<ComponentFiles, "config" | "kubeconfig">,
  { health, metrics }: Ports,
): string[] => [
  ...[`--config-path=${config}`, `--kubeconfig=${kubeconfig}`],
  ...[`--health-port=${health}`, `--metrics-port=${metrics}`, "--dry-run=false"],
];

/** Of hook, which listens on `port`. */
export const hookFlags = ({ plugins, hmac }: ComponentFiles, port: number | undefined): string[] => [
  ...[`--plugin-config=${plugins}`, `--hmac-secret-file=${hmac}`, `--port=${port}`],
];

/** Where GitHub is. */
export const githubFlags = (url: string): string[] => [
  ...[`--github-endpoint=${url}`, `--github-graphql-endpoint=${url}/graphql`],
  `--github-host=${GITHUB_HOST}`,
];

/** Who we are there. */
export const appFlags = ({ key }: ComponentFiles): string[] => [
  ...[`--github-app-id=${APP_ID}`, `--github-app-private-key-path=${key}`],
];
