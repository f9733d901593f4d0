// A process of its own with the GitHub emulator: node github-process.ts PORT DIRECTORY ADMIN_TOKEN
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { startGitHubServer } from "../../src/local/github/server.ts";

const [port = "", directory = "", adminToken = ""] = process.argv.slice(2);
await startGitHubServer({
  host: "127.0.0.1",
  port: Number(port),
  directory,
  adminToken,
  rateLimit: 10_000_000,
  clock: systemClock,
  random: Math.random,
  log: { ...silent, error: (fields, message) => console.error(message, JSON.stringify(fields)) },
});
console.log("ready");
