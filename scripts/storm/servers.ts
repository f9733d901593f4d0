// A process of its own with a GitHub and a Kubernetes API on a fast clock: node servers.ts PACE DIRECTORY GITHUB_PORT KUBE_PORT
import { join } from "node:path";
import { silent } from "../../src/lib/logger.ts";
import { startGitHubServer } from "../../src/local/github/server.ts";
import { startKubeServer } from "../../src/local/kube/server.ts";
import { fastClock, readPace } from "./fast-clock.ts";

const [pace = "", directory = "", github = "", kube = ""] = process.argv.slice(2);
const clock = fastClock(readPace(pace));
const log = {
  ...silent,
  error: (fields: object, message: string) => console.error(message, JSON.stringify(fields)),
};
const host = "127.0.0.1";
// Its 5,000 requests an hour hold.
await startGitHubServer({ host, port: Number(github), directory, clock, random: Math.random, log });
await startKubeServer({
  host,
  port: Number(kube),
  file: join(directory, "kubernetes.db"),
  clock,
  log: silent,
});
