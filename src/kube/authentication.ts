// How a kubeconfig's user proves who it is. Tokens, files, passwords and client certificates are read here; plugins
// (exec, OIDC and other auth-providers) run in @kubernetes/client-node, which costs 57 MB and is loaded only for them.
import { readFile } from "node:fs/promises";
import type { Clock } from "../lib/clock.ts";
import type { ConnectOptions, TLSOptions } from "./connection.ts";
import type { ClusterEntry, ContextEntry, UserEntry } from "./kubeconfig-file.ts";

/** Mounted service account tokens are renewed long before they expire. */
const REREAD_MS = 60_000;
/** client-node keeps plugins' credentials itself; this only spares it the work on every request. */
const PLUGIN_CACHE_MS = 10_000;

type Authorization = () => Promise<string | undefined>;

export async function connectOptions(context: ContextEntry, clock: Clock): Promise<ConnectOptions> {
  const { cluster, user } = context;
  const tls: TLSOptions = {
    ca: await pem(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    cert: await pem(user["client-certificate-data"], user["client-certificate"]),
    key: await pem(user["client-key-data"], user["client-key"]),
    ...(cluster["insecure-skip-tls-verify"] && { rejectUnauthorized: false }),
    ...(cluster["tls-server-name"] && { servername: cluster["tls-server-name"] }),
  };
  if (user.exec || user["auth-provider"]) {
    const plugin = await pluginAuthentication(context, clock);
    return {
      server: cluster.server,
      tls: { ...tls, ...plugin.tls },
      authorization: plugin.authorization,
      clock,
    };
  }
  return { server: cluster.server, tls, authorization: plainAuthorization(user, clock), clock };
}

async function pem(data: string | undefined, file: string | undefined): Promise<Buffer | undefined> {
  if (data) return Buffer.from(data, "base64");
  return file ? readFile(file) : undefined;
}

function plainAuthorization(user: UserEntry, clock: Clock): Authorization | undefined {
  if (user.tokenFile) return tokenFile(user.tokenFile, clock);
  if (user.token) return async () => `Bearer ${user.token}`;
  if (user.username) {
    const basic = Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64");
    return async () => `Basic ${basic}`;
  }
  return undefined;
}

/** A bearer token from a file that someone renews. */
export function tokenFile(file: string, clock: Clock): Authorization {
  return cached(async () => `Bearer ${(await readFile(file, "utf8")).trim()}`, REREAD_MS, clock);
}

function cached<T>(read: () => Promise<T>, maxAgeMs: number, clock: Clock): () => Promise<T> {
  let value: Promise<T> | undefined;
  let readAt = 0;
  return async () => {
    const now = clock.now().getTime();
    if (!value || Math.abs(now - readAt) >= maxAgeMs) {
      readAt = now;
      value = read();
      value.catch(() => {
        value = undefined;
      });
    }
    return value;
  };
}

async function pluginAuthentication(
  { name, cluster, user }: ContextEntry,
  clock: Clock,
): Promise<{ tls: TLSOptions; authorization: Authorization }> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromClusterAndUser(pluginCluster(name, cluster), {
    name,
    exec: user.exec,
    authProvider: user["auth-provider"],
  });
  const ask = async (): Promise<TLSOptions & { headers?: Record<string, unknown> }> => {
    const options = { headers: {} };
    await config.applyToHTTPSOptions(options);
    return options;
  };
  // A plugin that fails now may work later: without its client certificate then, its token is asked for with each request.
  const first = await ask().catch((): TLSOptions => ({}));
  const authorization = cached(
    async () => {
      const value = (await ask()).headers?.["Authorization"];
      return value === undefined ? undefined : String(value);
    },
    PLUGIN_CACHE_MS,
    clock,
  );
  return { tls: { ...(first.cert && { cert: first.cert, key: first.key }) }, authorization };
}

const pluginCluster = (name: string, cluster: ClusterEntry) => ({
  name,
  server: cluster.server,
  skipTLSVerify: Boolean(cluster["insecure-skip-tls-verify"]) || cluster.server.startsWith("http:"),
  caData: cluster["certificate-authority-data"],
  caFile: cluster["certificate-authority"],
});
