// The GitHub contract on our emulator, with a token and as an App.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectGitHub, type GitHubOptions } from "../../src/github/client.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { startGitHubServer } from "../../src/local/github/server.ts";
import { type GitHubPlace, gitHubContract, world } from "./github.ts";

type Seeded = { apps?: { id: number; pem: string }[] };

/** `login` gives the bot's authorization from what seeding gave back. */
async function emulator(
  bot: string,
  extra: object,
  login: (seeded: Seeded) => GitHubOptions["auth"],
): Promise<GitHubPlace> {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-github-"));
  const tools = { clock: systemClock, log: silent, random: Math.random };
  const server = await startGitHubServer({ host: "127.0.0.1", port: 0, directory, ...tools });
  const seed = async (body: object) => {
    const response = await fetch(`${server.url}/_cutwater/seed`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`seeding: ${response.status} ${await response.text()}`);
    return (await response.json()) as Seeded;
  };
  await seed(world);
  const github = connectGitHub({
    endpoints: [server.url],
    graphqlEndpoint: `${server.url}/graphql`,
    auth: login(await seed(extra)),
    ...tools,
  });
  const dispose = async () => {
    await server.close();
    await rm(directory, { recursive: true });
  };
  return { github, endpoint: server.url, bot, dispose };
}

const robot = {
  users: [{ login: "robot", token: "robot-token" }],
  orgs: [{ login: "acme", members: { robot: "admin" } }],
};
gitHubContract("with a token", () => emulator("robot", robot, () => ({ token: async () => "robot-token" })));

const permissions = {
  contents: "write",
  issues: "write",
  pull_requests: "write",
  statuses: "write",
  checks: "write",
  actions: "write",
  members: "read",
  administration: "read",
};
const app = {
  apps: [{ name: "cutwater", owner: "alice", permissions, installations: [{ account: "acme" }] }],
};
gitHubContract("as an App", () =>
  emulator("cutwater[bot]", app, ({ apps }) => ({ appId: String(apps![0]!.id), privateKey: apps![0]!.pem })),
);
