// GitHub App authentication: the App's own JWT, and one installation token per organisation, fetched once for all callers.
import type { Clock } from "../lib/clock.ts";
import { githubAppJWT } from "../lib/github-app-jwt.ts";
import { normaliseLogin, type RepoRef } from "../model/github.ts";
import { GitHubError } from "./error.ts";
import type { SharedToken, TokenVault } from "./sealed-tokens.ts";

/** Asks the API with the given Authorization header; throws GitHubError. Lists come whole. */
export type AppRequest = (
  authorization: string,
  method: "GET" | "POST",
  path: string,
  body?: Record<string, unknown>,
) => Promise<unknown>;

export interface AppAuth {
  /** The App's own JWT. */
  jwt(): string;
  /** Token of the App's installation in an organisation or user account; with `repo` for that repository alone. */
  token(org: string, repo?: string): Promise<string>;
  /** Forgets a token that GitHub has refused, unless there is another by now. */
  forget(refused: string, org: string, repo?: string): void;
  installations(): Promise<string[]>;
}

const EXPIRY_MARGIN_MS = 5 * 60_000;
/** Who fetches a token for all has so long before another does. */
const TURN_MS = 10_000;
const LOOK_MS = 100;
/** An organisation without installation is looked for again only after this long. */
const RELIST_AFTER_MS = 60_000;

export interface AppAuthOptions {
  appId: string;
  /** PEM, PKCS#1 or PKCS#8. */
  privateKey: string;
  request: AppRequest;
  clock: Clock;
  /** Where other processes keep their tokens, too. */
  vault?: TokenVault | undefined;
}

export function appAuth({ appId, privateKey, request, clock, vault }: AppAuthOptions): AppAuth {
  const tokens = new Map<string, { value: Promise<string>; until: number; known?: string }>();
  let dropping: Promise<unknown> = Promise.resolve();
  const jwt = () => githubAppJWT(appId, privateKey, clock.now());
  const { installationId, ...installed } = installations({ appId, request, clock }, jwt);

  async function fetchToken(org: string, repo: string): Promise<SharedToken> {
    const path = `/app/installations/${await installationId(org)}/access_tokens`;
    const narrow = repo === "" ? undefined : { repositories: [repo] };
    const answer = (await request(`Bearer ${jwt()}`, "POST", path, narrow)) as {
      token: string;
      expires_at: string;
    };
    return { value: answer.token, until: Date.parse(answer.expires_at) - EXPIRY_MARGIN_MS };
  }

  /** That of another process, or a new one for all: of several processes one fetches it, and the others wait for that. */
  async function sharedToken(org: string, repo: string): Promise<SharedToken> {
    if (!vault) return fetchToken(org, repo);
    const place = `${appId} ${keyOf({ org, repo })}`;
    const now = () => clock.now().getTime();
    for (const late = now() + TURN_MS; ; await clock.sleep(LOOK_MS)) {
      const known = await vault.get(place);
      if (known && now() < known.until) return known;
      const turn = await vault.turn(place, TURN_MS);
      if (!turn && now() < late) continue;
      try {
        const token = await fetchToken(org, repo);
        await vault.put(place, token, now());
        return token;
      } finally {
        await turn?.end();
      }
    }
  }

  return {
    jwt,
    forget(refused, org, repo = "") {
      const key = keyOf({ org, repo });
      // Many may be refused with the same one.
      if (tokens.get(key)?.known !== refused) return;
      tokens.delete(key);
      // Awaited by who asks next.
      dropping = Promise.all([dropping, vault?.drop(`${appId} ${key}`, refused)]).catch(() => {});
    },
    installations: installed.all,
    token(login, repo = "") {
      const org = normaliseLogin(login);
      const key = keyOf({ org, repo });
      const held = tokens.get(key);
      if (held && clock.now().getTime() < held.until) return held.value;
      // Callers that come while the request is under way share it.
      const entry = { value: Promise.resolve(""), until: Number.POSITIVE_INFINITY, known: "" };
      entry.value = (async () => {
        await dropping;
        const { value, until } = await sharedToken(org, repo);
        Object.assign(entry, { until, known: value });
        return value;
      })();
      tokens.set(key, entry);
      entry.value.catch(() => {
        if (tokens.get(key) === entry) tokens.delete(key);
      });
      return entry.value;
    },
  };
}

function installations(
  { appId, request, clock }: Pick<AppAuthOptions, "appId" | "request" | "clock">,
  jwt: () => string,
) {
  let installed: { at: number; ids: Promise<Map<string, number>> } | undefined;

  function list(): Promise<Map<string, number>> {
    const ids = request(`Bearer ${jwt()}`, "GET", "/app/installations").then(byAccount);
    installed = { at: clock.now().getTime(), ids };
    ids.catch(() => {
      installed = undefined;
    });
    return ids;
  }

  async function installationId(org: string): Promise<number> {
    let id = (await (installed?.ids ?? list())).get(org);
    if (id === undefined && clock.now().getTime() - (installed?.at ?? 0) >= RELIST_AFTER_MS) {
      id = (await list()).get(org);
    }
    if (id === undefined) throw new GitHubError(404, `the GitHub App ${appId} is not installed in ${org}`);
    return id;
  }

  return { installationId, all: async () => [...(await (installed?.ids ?? list())).keys()] };
}

const keyOf = ({ org, repo }: RepoRef): string => `${normaliseLogin(org)}/${repo.toLowerCase()}`;

function byAccount(answer: unknown): Map<string, number> {
  const installations = answer as { id: number; account: { login: string } | null }[];
  return new Map(
    installations.flatMap(({ id, account }) =>
      account ? [[normaliseLogin(account.login), id] as const] : [],
    ),
  );
}
