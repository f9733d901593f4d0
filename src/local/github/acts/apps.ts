// Creating GitHub Apps (by hand, or from a manifest) and installing them.
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { invalid, notFound } from "../api-error.ts";
import { user } from "../present/account.ts";
import { app as presentApp, installation as presentInstallation } from "../present/app.ts";
import { briefRepository } from "../present/repository.ts";
import type { App, Installation } from "../records.ts";
import { account, secret, stamp, type World } from "../world.ts";

export interface NewApp {
  name: string;
  owner: string;
  id?: number;
  slug?: string;
  description?: string;
  url?: string;
  hook_url?: string | null;
  webhook_secret?: string;
  /** PEM, private or public; made when not given. */
  key?: string;
  redirect_url?: string | null;
  setup_url?: string | null;
  permissions?: Record<string, string>;
  events?: string[];
}

export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

const RSA_BITS = 2048;

/** The App and its bot account; with a manifest the private key waits for the code that is exchanged for it. */
export function createApp(world: World, wanted: NewApp): App {
  const slug = wanted.slug ?? slugOf(wanted.name);
  if (slug === "") throw invalid("App", "name", "missing_field");
  if (world.store.apps.all().some((app) => app.slug === slug)) throw invalid("App", "name", "already_exists");
  const pem = wanted.key
    ? undefined
    : generateKeyPairSync("rsa", {
        modulusLength: RSA_BITS,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
      }).privateKey;
  const now = stamp(world);
  const app = world.store.apps.put({
    id: wanted.id ?? world.store.nextId(),
    slug,
    name: wanted.name,
    owner: wanted.owner,
    description: wanted.description ?? "",
    client_id: `Iv1.${secret(world, 16)}`,
    client_secret: secret(world, 40),
    webhook_secret: wanted.webhook_secret ?? secret(world, 40),
    public_key: createPublicKey(wanted.key ?? (pem as string))
      .export({ type: "spki", format: "pem" })
      .toString(),
    hook_url: wanted.hook_url ?? null,
    external_url: wanted.url ?? world.url,
    redirect_url: wanted.redirect_url ?? null,
    setup_url: wanted.setup_url ?? null,
    permissions: { metadata: "read", ...wanted.permissions },
    events: wanted.events ?? [],
    created_at: now,
    ...(pem ? { pending: { code: secret(world, 40), pem } } : {}),
  });
  const login = `${slug}[bot]`;
  world.store.accounts.put({
    id: world.store.nextId(),
    login,
    type: "Bot",
    name: null,
    email: null,
    created_at: now,
  });
  return app;
}

/** The App with its secrets, once. */
export function exchangeManifest(world: World, code: string): Record<string, unknown> {
  const found = world.store.apps.all().find((app) => app.pending?.code === code);
  if (!found?.pending) throw notFound();
  const { pem } = found.pending;
  delete found.pending;
  world.store.apps.put(found);
  const { client_id, client_secret, webhook_secret } = found;
  return { ...presentApp(world, found), client_id, client_secret, webhook_secret, pem };
}

/** Installing again changes which repositories are covered. @param repositories null for all of them */
export function install(world: World, app: App, login: string, repositories: number[] | null): Installation {
  const target = account(world, login);
  if (!target) throw invalid("Installation", "account");
  const known = world.store.installations
    .all()
    .find((found) => found.app === app.id && found.account === target.login);
  if (known) {
    known.repository_ids = repositories;
    return world.store.installations.put(known);
  }
  const made = world.store.installations.put({
    id: world.store.nextId(),
    app: app.id,
    account: target.login,
    repository_ids: repositories,
    created_at: stamp(world),
  });
  const covered = world.store.repos
    .in(target.login.toLowerCase())
    .filter((repo) => repositories === null || repositories.includes(repo.id));
  world.webhooks.send({
    event: "installation",
    action: "created",
    org: target.login,
    only: app,
    payload: {
      installation: presentInstallation(world, made),
      repositories: covered.map((repo) => briefRepository(repo)),
      requester: null,
      sender: user(world, app.owner),
    },
  });
  return made;
}
