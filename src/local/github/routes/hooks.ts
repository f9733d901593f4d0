// REST: webhooks of repositories and organizations, and their deliveries.
import { isOrgAdmin } from "../access.ts";
import { ApiError, invalid, notFound } from "../api-error.ts";
import { type Call, created, type Handler, HOOKS, none, ok, paged, type Route, route } from "../call.ts";
import { organization, user } from "../present/account.ts";
import { type Delivery, fullDelivery, listedDelivery, hook as present } from "../present/app.ts";
import { repository } from "../present/repository.ts";
import type { Hook } from "../records.ts";
import { account, fullName, repoNamed, stamp, type World } from "../world.ts";

/** Checks that the actor may, and names whose hooks these are. */
function scopeOf(call: Call): string {
  if (call.params["repo"] !== undefined) {
    call.need(HOOKS);
    return fullName(call.repo).toLowerCase();
  }
  const { org, world } = call;
  const { login } = call.needAccount(["organization_hooks"]);
  if (!call.actor.installation && !isOrgAdmin(world, org.login, login)) throw notFound();
  return org.login.toLowerCase();
}

function one(call: Call): Hook {
  const scope = scopeOf(call);
  const found = call.world.store.hooks.get(call.param("id"));
  if (found?.scope !== scope) throw notFound();
  return found;
}

function configOf(call: Call, before?: Hook["config"]): Hook["config"] {
  const given = (call.body["config"] ?? {}) as Record<string, unknown>;
  const url = given["url"] ?? before?.url;
  if (typeof url !== "string" || !URL.canParse(url))
    throw invalid("Hook", "url", "custom", "url is missing or not a URL");
  const type = given["content_type"] ?? before?.content_type ?? "form";
  const secret = given["secret"] ?? before?.secret;
  return {
    url,
    content_type: String(type),
    insecure_ssl: String(given["insecure_ssl"] ?? before?.insecure_ssl ?? "0"),
    ...(typeof secret === "string" && secret ? { secret } : {}),
  };
}

export function addHook(world: World, scope: string, hook: Pick<Hook, "active" | "events" | "config">): Hook {
  const key = scope.toLowerCase();
  const same = world.store.hooks.in(key).some((other) => other.config.url === hook.config.url);
  if (same)
    throw new ApiError(422, "Validation Failed", [
      { resource: "Hook", code: "custom", message: "Hook already exists on this repository" },
    ]);
  const now = stamp(world);
  const made = world.store.hooks.put({
    ...hook,
    id: world.store.nextId(),
    scope: key,
    created_at: now,
    updated_at: now,
  });
  ping(world, made);
  return made;
}

function ping(world: World, hook: Hook): void {
  const [owner = ""] = hook.scope.split("/");
  const repo = repoNamed(world, hook.scope);
  const org = account(world, owner);
  const { test_url: _test, ...shown } = present(world, hook) as ReturnType<typeof present> & {
    test_url?: string;
  };
  const about = repo
    ? { repository: repository(world, repo) }
    : org
      ? { organization: organization(world, org) }
      : {};
  world.webhooks.send({
    event: "ping",
    payload: {
      zen: "Keep it logically awesome.",
      hook_id: hook.id,
      hook: repo ? present(world, hook) : shown,
      ...about,
      sender: user(world, owner),
    },
    ...(repo ? { repo } : { org: owner }),
    only: hook,
  });
}

const create: Handler = (call) => {
  const scope = scopeOf(call);
  const events = call.texts("events");
  const made = addHook(call.world, scope, {
    active: call.flag("active") ?? true,
    events: events.length > 0 ? events : ["push"],
    config: configOf(call),
  });
  return created(present(call.world, made));
};

const update: Handler = (call) => {
  const found = one(call);
  if (call.has("config")) found.config = configOf(call, found.config);
  found.active = call.flag("active") ?? found.active;
  if (call.has("events")) found.events = call.texts("events");
  const gone = new Set(call.texts("remove_events"));
  found.events = [...new Set([...found.events, ...call.texts("add_events")])].filter(
    (event) => !gone.has(event),
  );
  found.updated_at = stamp(call.world);
  call.world.store.hooks.put(found);
  return ok(present(call.world, found));
};

const remove: Handler = (call) => {
  call.world.store.hooks.remove(one(call));
  return none;
};

const sendPing: Handler = (call) => {
  ping(call.world, one(call));
  return none;
};

const list: Handler = (call) =>
  paged(call, call.world.store.hooks.in(scopeOf(call)), (hook) => present(call.world, hook));

/** By the range of the answer's code. */
const OUTCOMES: Readonly<Record<string, [number, number]>> = { success: [200, 399], failure: [400, 599] };
const ANY: [number, number] = [0, 999];

/** Deliveries page by cursor, the id after which to go on. */
export function listDeliveries(call: Call, target: string) {
  const cursor = Number(call.query.get("cursor")) || Number.MAX_SAFE_INTEGER;
  const perPage = Math.min(100, Number(call.query.get("per_page") ?? 30) || 30);
  const codes = OUTCOMES[call.query.get("status") ?? ""] ?? ANY;
  const rest = call.world.webhooks.deliveries(target, cursor, codes, perPage + 1);
  const page = rest.slice(0, perPage);
  const query = new URLSearchParams(call.query);
  query.set("cursor", String(page.at(-1)?.id ?? 0));
  const link = `<${call.world.url}${call.path}?${query}>; rel="next"`;
  return {
    status: 200,
    body: page.map(listedDelivery),
    ...(rest.length > perPage ? { headers: { link } } : {}),
  };
}

function delivery(call: Call): Delivery {
  const found = call.world.webhooks.delivery(`hook:${one(call).id}`, Number(call.param("delivery")));
  if (!found) throw notFound();
  return found;
}

const redeliver: Handler = (call) => {
  call.world.webhooks.redeliver(delivery(call));
  return { status: 202, body: {} };
};

export const hookRoutes: Route[] = ["/repos/:owner/:repo/hooks", "/orgs/:org/hooks"].flatMap((hooks) => {
  const hook = `${hooks}/:id{[0-9]+}`;
  return [
    route("GET", hooks, list),
    route("POST", hooks, create),
    route("GET", hook, (call) => ok(present(call.world, one(call)))),
    route("PATCH", hook, update),
    route("DELETE", hook, remove),
    route("POST", `${hook}/pings`, sendPing),
    route("POST", `${hook}/tests`, sendPing),
    route("GET", `${hook}/deliveries`, (call) => listDeliveries(call, `hook:${one(call).id}`)),
    route("GET", `${hook}/deliveries/:delivery{[0-9]+}`, (call) => ok(fullDelivery(delivery(call)))),
    route("POST", `${hook}/deliveries/:delivery{[0-9]+}/attempts`, redeliver),
  ];
});
