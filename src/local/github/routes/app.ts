// REST: GitHub Apps, their installations, tokens and webhook deliveries.
import { timestamp } from "../../../lib/timestamp.ts";
import { covers } from "../access.ts";
import { exchangeManifest } from "../acts/apps.ts";
import { ApiError, notFound, unprocessable } from "../api-error.ts";
import { appOf } from "../authenticate.ts";
import { type Call, created, type Handler, none, ok, paged, type Route, route } from "../call.ts";
import { type Delivery, fullDelivery, ownApp, installation as present } from "../present/app.ts";
import { listedRepository } from "../present/repository.ts";
import type { App, Installation, Repo } from "../records.ts";
import { secret } from "../world.ts";
import { listDeliveries } from "./hooks.ts";

/** Installation tokens live an hour. */
const LIFE_MS = 3_600_000;

const installationsOf = (call: Call, app: App): Installation[] =>
  call.world.store.installations.all().filter((found) => found.app === app.id);

const one = (call: Call): Installation => {
  const app = appOf(call.world, call.actor);
  const found = call.world.store.installations.get(call.param("id"));
  if (found?.app !== app.id) throw notFound();
  return found;
};

const reposOf = (call: Call, installation: Installation): Repo[] =>
  call.world.store.repos.in(installation.account.toLowerCase()).filter((repo) => covers(installation, repo));

const LEVELS = ["read", "write", "admin"];

/** A token may be narrowed, never widened. */
function permissionsOf(call: Call, app: App): Record<string, string> {
  const wanted = call.body["permissions"];
  if (typeof wanted !== "object" || wanted === null) return app.permissions;
  for (const [name, level] of Object.entries(wanted)) {
    const granted = LEVELS.indexOf(app.permissions[name] ?? "");
    if (LEVELS.indexOf(String(level)) > granted)
      throw unprocessable(`The permissions requested are not granted to this installation.`);
  }
  return wanted as Record<string, string>;
}

const createToken: Handler = (call) => {
  const { world, body } = call;
  const installation = one(call);
  const app = appOf(world, call.actor);
  const all = reposOf(call, installation);
  const names = call.texts("repositories").map((name) => name.toLowerCase());
  const ids = Array.isArray(body["repository_ids"]) ? (body["repository_ids"] as number[]) : [];
  const narrowed = names.length > 0 || ids.length > 0;
  const chosen = all.filter((repo) => names.includes(repo.name.toLowerCase()) || ids.includes(repo.id));
  if (narrowed && chosen.length < Math.max(names.length, ids.length))
    throw unprocessable(
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  const permissions = permissionsOf(call, app);
  const token = world.store.tokens.put({
    token: `ghs_${secret(world, 36)}`,
    login: `${app.slug}[bot]`,
    installation: installation.id,
    permissions,
    ...(narrowed ? { repository_ids: chosen.map((repo) => repo.id) } : {}),
    expires_at: timestamp(new Date(world.clock.now().getTime() + LIFE_MS)),
  });
  return created({
    token: token.token,
    expires_at: token.expires_at,
    permissions,
    repository_selection: narrowed || installation.repository_ids !== null ? "selected" : "all",
    ...(narrowed ? { repositories: chosen.map((repo) => listedRepository(world, repo, undefined)) } : {}),
  });
};

function installationFor(call: Call, match: (installation: Installation) => boolean): Installation {
  const app = appOf(call.world, call.actor);
  const found = installationsOf(call, app).find(match);
  if (!found) throw notFound();
  return found;
}

const ofRepo: Handler = (call) => {
  const repo = call.world.store.repos
    .in(call.param("owner").toLowerCase())
    .find((found) => found.name.toLowerCase() === call.param("repo").toLowerCase());
  if (!repo) throw notFound();
  return ok(
    present(
      call.world,
      installationFor(call, (installation) => covers(installation, repo)),
    ),
  );
};

const ofAccount: Handler = (call) => {
  const login = (call.params["org"] ?? call.param("login")).toLowerCase();
  return ok(
    present(
      call.world,
      installationFor(call, (found) => found.account.toLowerCase() === login),
    ),
  );
};

const repositories: Handler = (call) => {
  const { installation, repositoryIds } = call.actor;
  if (!installation)
    throw new ApiError(
      403,
      "You must authenticate with an installation access token in order to list repositories for an installation.",
    );
  const shown = reposOf(call, installation).filter(
    (repo) => repositoryIds == null || repositoryIds.includes(repo.id),
  );
  const wrap = (page: unknown[], total_count: number) => ({
    total_count,
    repository_selection: "all",
    repositories: page,
  });
  return paged(call, shown, (repo) => listedRepository(call.world, repo, undefined), wrap);
};

const ofOrg: Handler = (call) => {
  const { org, world } = call;
  const found = world.store.installations
    .all()
    .filter((one) => one.account.toLowerCase() === org.login.toLowerCase());
  const wrap = (installations: unknown[], total_count: number) => ({ total_count, installations });
  return paged(call, found, (installation) => present(world, installation), wrap);
};

const delivery = (call: Call): Delivery => {
  const app = appOf(call.world, call.actor);
  const found = call.world.webhooks.delivery(`app:${app.id}`, Number(call.param("delivery")));
  if (!found) throw notFound();
  return found;
};

const hookConfig: Handler = (call) => {
  const app = appOf(call.world, call.actor);
  if (call.method === "PATCH") {
    app.hook_url = call.text("url") ?? app.hook_url;
    app.webhook_secret = call.text("secret") ?? app.webhook_secret;
    call.world.store.apps.put(app);
  }
  return ok({ url: app.hook_url ?? "", content_type: "json", insecure_ssl: "0", secret: "********" });
};

const bySlug: Handler = (call) => {
  const found = call.world.store.apps.all().find((app) => app.slug === call.param("slug"));
  if (!found) throw notFound();
  return ok(ownApp(call.world, found));
};

const revoke: Handler = (call) => {
  const { installation, key } = call.actor;
  if (!installation || !key) throw new ApiError(401, "Requires authentication");
  for (const token of call.world.store.tokens.all())
    if (token.installation === installation.id) call.world.store.tokens.remove(token);
  return none;
};

export const appRoutes: Route[] = [
  route("GET", "/app", (call) => ok(ownApp(call.world, appOf(call.world, call.actor)))),
  route("GET", "/apps/:slug", bySlug),
  route("GET", "/app/installations", (call) =>
    paged(call, installationsOf(call, appOf(call.world, call.actor)), (found) => present(call.world, found)),
  ),
  route("GET", "/app/installations/:id{[0-9]+}", (call) => ok(present(call.world, one(call)))),
  route("POST", "/app/installations/:id{[0-9]+}/access_tokens", createToken),
  route("GET", "/app/hook/config", hookConfig),
  route("PATCH", "/app/hook/config", hookConfig),
  route("GET", "/app/hook/deliveries", (call) =>
    listDeliveries(call, `app:${appOf(call.world, call.actor).id}`),
  ),
  route("GET", "/app/hook/deliveries/:delivery{[0-9]+}", (call) => ok(fullDelivery(delivery(call)))),
  route("POST", "/app/hook/deliveries/:delivery{[0-9]+}/attempts", (call) => {
    call.world.webhooks.redeliver(delivery(call));
    return { status: 202, body: {} };
  }),
  route("POST", "/app-manifests/:code/conversions", (call) =>
    created(exchangeManifest(call.world, call.param("code"))),
  ),
  route("GET", "/repos/:owner/:repo/installation", ofRepo),
  route("GET", "/orgs/:org/installation", ofAccount),
  route("GET", "/users/:login/installation", ofAccount),
  route("GET", "/orgs/:org/installations", ofOrg),
  route("GET", "/installation/repositories", repositories),
  route("DELETE", "/installation/token", revoke),
];
