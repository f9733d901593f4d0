// GitHub on this machine, hook as its App's webhook, and Probot apps in hook: for tests of guests as users meet them.
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { Registry } from "prom-client";
import type { Config } from "../../src/config/config.ts";
import { type ExternalPlugin, pluginsConfig } from "../../src/config/plugins-config.ts";
import { connectGitHub, type GitHubOptions } from "../../src/github/client.ts";
import { type GuestsOptions, probotGuests } from "../../src/guests/guests.ts";
import { HOOK_DEFAULTS, runHook } from "../../src/hook/run.ts";
import type { KubeRead } from "../../src/kube/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type Logger, silent } from "../../src/lib/logger.ts";
import type { Queue } from "../../src/queue/port.ts";
import { sqliteQueue } from "../../src/queue/sqlite/sqlite.ts";
import { type TestGitHub, testGitHub } from "../local/github/world.ts";

export const APPS = join(import.meta.dirname, "..", "fixtures", "guests");
/** Lines of the test's own log, by message. */
export interface Said {
  level: string;
  message: string;
  fields: Record<string, unknown>;
}

export function recorder(): { log: Logger; said: Said[] } {
  const said: Said[] = [];
  const logger = (own: Record<string, unknown>): Logger => {
    const at = (level: string) => (fields: Record<string, unknown>, message: string) =>
      void said.push({ level, message, fields: { ...own, ...fields } });
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      child: (fields) => logger({ ...own, ...fields }),
    };
  };
  return { log: logger({}), said };
}

export interface GuestWorld {
  github: TestGitHub;
  outside: Queue;
  said: Said[];
  /** Until nothing is under way, here or at GitHub. */
  settled(): Promise<void>;
  comments(number: number): Promise<string[]>;
}

interface Options {
  external: Record<string, ExternalPlugin[]>;
  guests?: Partial<GuestsOptions>;
  /** Signs in with a token instead of as the App. */
  token?: string;
}

const APP_ID = 42;
const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs1", format: "pem" })
  .toString();
const permissions = { contents: "write", issues: "write", pull_requests: "write", members: "read" };
const events = ["issues", "issue_comment", "push", "pull_request"];

export async function withGuests(
  { external, guests: options = {}, token }: Options,
  test: (world: GuestWorld) => Promise<void>,
): Promise<void> {
  const more = { owner: "acme", author: "alice", files: { "a.txt": "a\n" } };
  const github = await testGitHub({
    extra: {
      repos: [
        { ...more, name: "other", private: true },
        { ...more, name: ".github" },
      ],
    },
  });
  const { log, said } = recorder();
  const clock = systemClock;
  const open = () => sqliteQueue({ file: ":memory:", clock, backOff: { firstMs: 5, longestMs: 50 } });
  const [queue, outside] = [open(), open()];
  const stop = new AbortController();
  const listening = Promise.withResolvers<number>();
  const auth: GitHubOptions["auth"] = token
    ? { token: async () => token }
    : { appId: String(APP_ID), privateKey };
  const client = connectGitHub({
    endpoints: [github.url],
    graphqlEndpoint: `${github.url}/graphql`,
    auth,
    clock,
    log: silent,
    maxTries: 1,
  });
  const plugins = pluginsConfig({ external_plugins: external, sections: {} });
  const guests = probotGuests({
    relay: client.relay,
    // As an address may be written.
    endpoint: `${github.url}/`,
    directory: APPS,
    env: { PATH: "/usr/bin:/bin", HMAC: "s3cret", GREETING: "hi" },
    mayAct: ({ name }, repo) => plugins.external(repo).some((plugin) => plugin.name === name),
    dryRun: false,
    clock,
    log,
    backOff: { firstMs: 5, longestMs: 50 },
    ...options,
  });
  const running = runHook(
    {
      ...HOOK_DEFAULTS,
      all: [],
      declared: [],
      config: () => ({}) as Config,
      plugins: () => plugins,
      reader: () => client.read,
      github: client.read,
      kube: {} as KubeRead,
      apply: async () => {},
      clock,
      random: () => 0,
      web: fetch,
      localFile: async () => "",
      log,
      metrics: new Registry(),
      queue,
      outside,
      guests,
      secrets: async () => ({ token: "s" }),
      role: "all",
      host: "127.0.0.1",
      port: 0,
      onListening: listening.resolve,
    },
    stop.signal,
  );
  try {
    const port = await Promise.race([listening.promise, running.then(() => 0)]);
    await github.admin("apps", {
      id: APP_ID,
      key: privateKey,
      name: "Cutwater",
      owner: "alice",
      permissions,
      events,
      webhook_secret: "s",
      hook_url: `http://127.0.0.1:${port}/hook`,
      installations: [{ account: "acme" }],
    });
    await test({
      github,
      outside,
      said,
      async settled() {
        for (let quiet = 0; quiet < 3; quiet++) {
          const busy = !github.idle() || (await queue.depth()) > 0 || (await outside.depth()) > 0;
          if (busy) quiet = 0;
          await clock.sleep(10);
        }
      },
      async comments(number) {
        const { data } = await github
          .as("alice")
          .rest.issues.listComments({ owner: "acme", repo: "lib", issue_number: number });
        return data.map(({ body }) => body ?? "");
      },
    });
  } finally {
    stop.abort();
    await running;
    await Promise.all([queue.close(), outside.close()]);
    await github.close();
  }
}
