// GitHub Apps, installations, hooks and deliveries as the API shows them.
import { timestamp } from "../../../lib/timestamp.ts";
import type { App, Hook, Installation } from "../records.ts";
import { accountOrGhost, type World } from "../world.ts";
import { nodeId, presentAccount, user } from "./account.ts";

export const app = (world: World, found: App) => ({
  id: found.id,
  slug: found.slug,
  node_id: nodeId("App", found.id),
  owner: user(world, found.owner),
  name: found.name,
  description: found.description,
  external_url: found.external_url,
  html_url: `${world.url}/apps/${found.slug}`,
  created_at: found.created_at,
  updated_at: found.created_at,
  permissions: found.permissions,
  events: found.events,
});

/** As the App's own endpoints show it. */
export const ownApp = (world: World, found: App) => ({
  ...app(world, found),
  client_id: found.client_id,
  installations_count: world.store.installations.all().filter((one) => one.app === found.id).length,
});

export function installation(world: World, found: Installation) {
  const owner = world.store.apps.get(String(found.app));
  const target = accountOrGhost(world, found.account);
  return {
    id: found.id,
    account: presentAccount(world, target),
    repository_selection: found.repository_ids === null ? "all" : "selected",
    access_tokens_url: `${world.url}/app/installations/${found.id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${found.id}`,
    app_id: found.app,
    app_slug: owner?.slug ?? "",
    target_id: target.id,
    target_type: target.type === "Organization" ? "Organization" : "User",
    permissions: owner?.permissions ?? {},
    events: owner?.events ?? [],
    created_at: found.created_at,
    updated_at: found.created_at,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}

export function hook(world: World, found: Hook) {
  const [org, repo] = found.scope.split("/");
  const url = `${world.url}/${repo ? `repos/${found.scope}` : `orgs/${org}`}/hooks/${found.id}`;
  const { secret, ...config } = found.config;
  return {
    type: repo ? "Repository" : "Organization",
    id: found.id,
    name: "web",
    active: found.active,
    events: found.events,
    config: secret ? { ...config, secret: "********" } : config,
    updated_at: found.updated_at,
    created_at: found.created_at,
    url,
    ...(repo ? { test_url: `${url}/test` } : {}),
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    ...(repo ? { last_response: { code: null, status: "unused", message: null } } : {}),
  };
}

/** One try to bring an event to a hook. */
export interface Delivery {
  id: number;
  guid: string;
  /** `hook:ID` or `app:ID`. */
  target: string;
  url: string;
  event: string;
  action: string | null;
  delivered_at: string;
  redelivery: boolean;
  /** Seconds. */
  duration: number;
  status: string;
  status_code: number;
  installation_id: number | null;
  repository_id: number | null;
  request_headers: Record<string, string>;
  /** The body as it was sent. */
  payload: string;
  response_headers: Record<string, string>;
  response_body: string;
}

export const listedDelivery = (found: Delivery) => ({
  id: found.id,
  guid: found.guid,
  delivered_at: found.delivered_at || timestamp(new Date(0)),
  redelivery: found.redelivery,
  duration: found.duration,
  status: found.status,
  status_code: found.status_code,
  event: found.event,
  action: found.action,
  installation_id: found.installation_id,
  repository_id: found.repository_id,
  throttled_at: null,
});

export const fullDelivery = (found: Delivery) => ({
  ...listedDelivery(found),
  url: found.url,
  request: { headers: found.request_headers, payload: JSON.parse(found.payload) as unknown },
  response: { headers: found.response_headers, payload: found.response_body },
});
