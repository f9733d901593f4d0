// Connects to GitHub (or whatever speaks its API) with a token or as a GitHub App.
import { createHmac, randomUUID } from "node:crypto";
import type { Registry } from "prom-client";
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import type { Clock } from "../lib/clock.ts";
import { once } from "../lib/kept/once.ts";
import type { Logger } from "../lib/logger.ts";
import { appLogin } from "../model/bot.ts";
import { normaliseLogin, type RepoRef } from "../model/github.ts";
import * as decode from "../model/github-decode.ts";
import type { Shared } from "../shared/port.ts";
import { type Api, api } from "./api.ts";
import { type AppAuth, type AppAuthOptions, appAuth } from "./app-auth.ts";
import { askThrough } from "./ask.ts";
import { type Budget, budget } from "./budget/budget.ts";
import { PUBLISHED, type Published } from "./budget/published.ts";
import { type Rates, throttle } from "./budget/throttle.ts";
import { deliveryLog } from "./delivery-log.ts";
import { GitHubError } from "./error.ts";
import { etagCache } from "./etag-cache.ts";
import type { DeliveryLogs, GitHub } from "./port.ts";
import { reads } from "./read.ts";
import { following } from "./redirect.ts";
import { relay } from "./relay.ts";
import { type RecordRequest, requestMetrics, tellUser } from "./request-metrics.ts";
import { tokenVault } from "./sealed-tokens.ts";
import { type Identity, type Transport, transport } from "./transport.ts";
import { trouble } from "./trouble.ts";
import { writes } from "./write.ts";

export interface GitHubOptions {
  /** API base URLs, tried in order when one can not be reached. */
  endpoints: string[];
  graphqlEndpoint: string;
  /** `token` is asked before every request, so that a file may change; an App has its own tokens per organisation. */
  auth: { token: () => Promise<string> } | { appId: string; privateKey: string };
  clock: Clock;
  log: Logger;
  metrics?: Registry;
  userAgent?: string;
  /** Once it aborts nothing is waited for any more: what would have been tried again fails at once. */
  signal?: AbortSignal;
  /** `--github-client.max-retries`. Low by default: the queue retries too. */
  maxTries?: number;
  /** `--github-client.initial-delay`, milliseconds. */
  initialDelayMs?: number;
  /** `--github-client.backoff-timeout`, milliseconds. */
  maxWaitMs?: number;
  /** `--github-client.request-timeout`, milliseconds. */
  requestTimeoutMs?: number;
  /** What all processes share that sign in as this bot: budget, ETags and, sealed, an App's tokens. */
  shared?: Shared | undefined;
  /** In place of what GitHub publishes. */
  published?: Published;
  /** `--github-hourly-tokens` and the like: of this process alone. */
  rates?: Rates;
  /** Whether $HTTPS_PROXY, $HTTP_PROXY and $NO_PROXY count for our connections. */
  proxied?: boolean;
  /** In place of connections of our own. */
  dispatcher?: Dispatcher;
  /** Throws when this process may not write (any more), as a replica that no longer leads. */
  mayWrite?: (() => void | Promise<void>) | undefined;
}

export function connectGitHub(options: GitHubOptions): GitHub {
  const { auth, clock } = options;
  const send = connect(options);
  const apiAs = (identity: (org: string) => Identity): Api =>
    api({ endpoints: options.endpoints, transport: send, identity });
  if ("token" in auth) {
    const identity = tokenIdentity(auth.token);
    const calls = apiAs(() => identity);
    return {
      read: reads(
        calls,
        once(async () => {
          const answer = await calls.call("", "GET /user");
          const bot = login(answer, "login");
          const email = decode.text(decode.json(answer), "email", "");
          const authorization = await identity.authorization();
          if (options.metrics)
            tellUser(options.metrics, { identity: identity.key, authorization }, { login: bot, email });
          return bot;
        }),
      ),
      write: writes(calls),
      relay: relay(send, () => identity),
      deliveryLogs: { of: hookLogs(calls, send, () => identity) },
      gitToken: () => auth.token(),
      seal: async (text) => digest((await auth.token()).trim(), text),
    };
  }
  const vault = options.shared && tokenVault(options.shared, auth.privateKey);
  const app = connectApp(auth, apiAs, { clock, vault });
  const calls = apiAs((org) => app.identity(org));
  return {
    read: reads(
      calls,
      once(async () => appLogin(login(await app.api.call("", "GET /app"), "slug"))),
    ),
    write: writes(calls),
    relay: relay(
      send,
      ({ org, repo }) => app.identity(org, repo),
      ({ org, repo }) => app.auth.token(org, repo),
    ),
    deliveryLogs: {
      own: deliveryLog(send, app.own, { name: `the GitHub App ${auth.appId}`, path: "/app/hook" }),
      of: hookLogs(calls, send, (org) => app.identity(org)),
    },
    gitToken: ({ org }: RepoRef) => app.auth.token(org),
    seal: async (text) => digest(auth.privateKey, text),
  };
}

const hookLogs =
  (calls: Api, send: Transport, identity: (org: string) => Identity): DeliveryLogs["of"] =>
  async ({ org, repo }, hookURL) => {
    const place = repo ? `/repos/${org}/${repo}` : `/orgs/${org}`;
    const hooks = (await calls.all(org, `GET ${place}/hooks`)).map((hook, at) =>
      decode.json(hook, `[${at}]`),
    );
    return hooks
      .filter((hook) => decode.text(decode.child(hook, "config"), "url", "") === hookURL)
      .map((hook) => {
        const id = decode.whole(hook, "id");
        const name = `hook ${id} of ${repo ? `${org}/${repo}` : org}`;
        return deliveryLog(send, identity(org), { name, path: `${place}/hooks/${id}` });
      });
  };

const digest = (key: string, text: string): string =>
  createHmac("sha256", key).update(`cutwater\n${text}`).digest("base64url");

function connect(options: GitHubOptions): Transport {
  const { shared, endpoints, graphqlEndpoint, log } = options;
  const userAgent = options.userAgent ?? "cutwater/0.1";
  const silentRecord: RecordRequest = () => {};
  const maxWaitMs = options.maxWaitMs ?? 120_000;
  const requestTimeoutMs = options.requestTimeoutMs ?? 120_000;
  const clock = impatient(options.clock, options.signal);
  const common: Budget = budget({
    ...{ clock, log, shared, maxWaitMs, newId: randomUUID },
    published: options.published ?? PUBLISHED,
    requestMs: requestTimeoutMs * endpoints.length,
  });
  return transport({
    ...{ endpoints, graphqlEndpoint, clock, log, maxWaitMs, requestTimeoutMs, userAgent },
    ask: following(askThrough(options.dispatcher ?? connections(options)), [...endpoints, graphqlEndpoint]),
    mayWrite: options.mayWrite,
    cache: etagCache(shared),
    budget: common,
    throttle: throttle(clock, options.rates ?? { orgs: new Map() }),
    trouble: trouble(clock, log),
    record: options.metrics ? requestMetrics(options.metrics, userAgent) : silentRecord,
    maxTries: options.maxTries ?? 5,
    initialDelayMs: options.initialDelayMs ?? 2_000,
  });
}

const connections = ({ proxied }: GitHubOptions): Dispatcher =>
  proxied ? new EnvHttpProxyAgent({ allowH2: false }) : new Agent({ allowH2: false });

/** A pause that a stop cuts short is a failure: who waited must not go on as if GitHub had recovered. */
const impatient = (clock: Clock, signal: AbortSignal | undefined): Clock => ({
  now: () => clock.now(),
  async sleep(ms, woken) {
    await clock.sleep(ms, signal && woken ? AbortSignal.any([signal, woken]) : (signal ?? woken));
    if (signal?.aborted) throw new GitHubError(0, "not tried again, since this process is stopping");
  },
});

function tokenIdentity(token: () => Promise<string>): Identity {
  return {
    // The cache outlives a rotation of the token; GitHub counts budgets by user, not by token.
    key: "token",
    org: "",
    authorization: async () => `Bearer ${(await token()).trim()}`,
  };
}

interface App {
  auth: AppAuth;
  /** Calls as the App itself. */
  api: Api;
  /** The App itself. */
  own: Identity;
  /** `repo`: with authority over that repository alone. */
  identity(org: string, repo?: string): Identity;
}

function connectApp(
  { appId, privateKey }: { appId: string; privateKey: string },
  apiAs: (identity: (org: string) => Identity) => Api,
  { clock, vault }: Pick<AppAuthOptions, "clock" | "vault">,
): App {
  const asApp = (authorization: () => string): Identity => ({
    key: `app ${appId}`,
    org: "",
    authorization: async () => authorization(),
  });
  const auth = appAuth({
    appId,
    privateKey,
    clock,
    vault,
    async request(authorization, method, path, body) {
      const calls = apiAs(() => asApp(() => authorization));
      return method === "GET" ? calls.all("", `GET ${path}`) : calls.call("", `${method} ${path}`, body);
    },
  });
  const own = asApp(() => `Bearer ${auth.jwt()}`);
  return {
    auth,
    own,
    api: apiAs(() => own),
    identity: (org, repo = "") => ({
      // Also for a narrowed token: GitHub counts by installation, and answers what a token may not read with no ETag of it.
      key: `app ${appId} in ${normaliseLogin(org)}`,
      org: normaliseLogin(org),
      authorization: async () => `token ${await installationToken(auth, org, repo)}`,
      refused: (authorization) => auth.forget(authorization.replace(/^token /, ""), org, repo),
    }),
  };
}

/** A request that names no organisation (a search over all) goes out under any installation. */
async function installationToken(auth: AppAuth, org: string, repo: string): Promise<string> {
  return auth.token(org || ((await auth.installations())[0] ?? ""), repo);
}

const login = (answer: unknown, key: string): string =>
  decode.text(decode.json(answer), key).replace(/\[bot\]$/, "");
