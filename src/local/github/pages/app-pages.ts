// Creating a GitHub App from a manifest, and installing it: the two steps that need a person in a browser.
import type { Context, Hono } from "hono";
import { html } from "hono/html";
import { isRecord } from "../../../lib/schema.ts";
import { isOrgAdmin } from "../access.ts";
import { createApp, install } from "../acts/apps.ts";
import { ApiError, notFound } from "../api-error.ts";
import type { App } from "../records.ts";
import type { World } from "../world.ts";
import type { Form } from "./actions.ts";
import { type Html, layout, type Visit } from "./layout.ts";

interface Manifest {
  name?: string;
  url?: string;
  description?: string;
  hook_attributes?: { url?: string; active?: boolean };
  redirect_url?: string;
  setup_url?: string;
  default_permissions?: Record<string, string>;
  default_events?: string[];
}

function parseManifest(text: string | undefined): Manifest {
  try {
    const manifest: unknown = JSON.parse(text ?? "");
    if (isRecord(manifest)) return manifest as Manifest;
  } catch {
    // Said below.
  }
  throw new ApiError(422, "The manifest is not a JSON object.");
}

/** Shows what the App would be; nothing is made until the person says so. */
function confirmation(visit: Visit, owner: string, manifestText: string, stateText: string): Html {
  const manifest = parseManifest(manifestText);
  const permissions = Object.entries(manifest.default_permissions ?? {}).map(
    ([name, level]) => html`<li>${name}: ${level}</li>`,
  );
  return layout(
    visit,
    "Create GitHub App",
    html`<h1>Create GitHub App for ${owner}</h1>
<form method="post" action="/settings/apps/create"><div class="box"><div class="body">
<p><label for="name">Name</label><input type="text" id="name" name="name" required value="${manifest.name ?? ""}"></p>
<p>Webhooks go to <code>${manifest.hook_attributes?.url ?? "nowhere"}</code>.</p>
<p>Events: ${(manifest.default_events ?? []).join(", ") || "none"}</p><p>Permissions:</p><ul>${permissions}</ul>
<input type="hidden" name="manifest" value="${manifestText}"><input type="hidden" name="state" value="${stateText}"><input type="hidden" name="owner" value="${owner}">
<button class="main">Create GitHub App</button></div></div></form>`,
  );
}

function create(world: World, form: Form): string {
  const manifest = parseManifest(form["manifest"]);
  const app = createApp(world, {
    name: form["name"] || (manifest.name ?? ""),
    owner: form["owner"] ?? "",
    description: manifest.description ?? "",
    hook_url: manifest.hook_attributes?.active === false ? null : (manifest.hook_attributes?.url ?? null),
    redirect_url: manifest.redirect_url ?? null,
    setup_url: manifest.setup_url ?? null,
    permissions: manifest.default_permissions ?? {},
    events: manifest.default_events ?? [],
    ...(manifest.url ? { url: manifest.url } : {}),
  });
  const back = new URL(manifest.redirect_url ?? `${world.url}/apps/${app.slug}`);
  back.searchParams.set("code", app.pending?.code ?? "");
  if (form["state"]) back.searchParams.set("state", form["state"]);
  return back.href;
}

function installPage(visit: Visit, app: App): Html {
  const { world, me } = visit;
  const accounts = world.store.accounts
    .all()
    .filter(
      (found) =>
        found.login === me?.login ||
        (found.type === "Organization" && me && isOrgAdmin(world, found.login, me.login)),
    )
    .map((found) => html`<option>${found.login}</option>`);
  const installed = world.store.installations.all().filter((found) => found.app === app.id);
  return layout(
    visit,
    app.name,
    html`<h1>${app.name}</h1><p>${app.description}</p>
<p class="soft">Installed on ${installed.map((found) => found.account).join(", ") || "no account yet"}.</p>
<form class="box" method="post" action="/apps/${app.slug}/installations"><div class="body row"><label for="account">Install on</label>
<span><select id="account" name="account">${accounts}</select></span> all repositories <button class="main">Install</button></div></form>`,
  );
}

const appNamed = (world: World, slug: string): App => {
  const found = world.store.apps.all().find((app) => app.slug === slug);
  if (!found) throw notFound();
  return found;
};

export interface AppPages {
  visitOf(c: Context): Visit;
  /** `formsTo` is where else than here a form of the page may lead. */
  show(c: Context, page: Html, formsTo?: string): Promise<Response>;
  formOf(c: Context): Promise<Form>;
}

export function addAppPages(pages: Hono, world: World, { visitOf, show, formOf }: AppPages): void {
  const manifestPaths = ["/settings/apps/new", "/organizations/:org/settings/apps/new"];
  for (const path of manifestPaths) {
    // Comes from the site that wants the App, so from another origin; it only shows a page.
    pages.post(path, async (c) => {
      const form = (await c.req.parseBody()) as Form;
      const visit = visitOf(c);
      const owner = c.req.param("org" as never) ?? visit.me?.login ?? "";
      const text = form["manifest"] ?? "";
      const { redirect_url } = parseManifest(text);
      const page = confirmation(visit, owner, text, c.req.query("state") ?? form["state"] ?? "");
      return show(
        c,
        page,
        redirect_url && URL.canParse(redirect_url) ? new URL(redirect_url).origin : undefined,
      );
    });
    pages.get(path, (c) =>
      show(
        c,
        layout(
          visitOf(c),
          "Create GitHub App",
          html`<h1>Create GitHub App</h1><p>An App is made here from a manifest, which the program that wants one sends.</p>`,
        ),
      ),
    );
  }
  pages.post("/settings/apps/create", async (c) => c.redirect(create(world, await formOf(c)), 302));
  for (const path of ["/apps/:slug", "/apps/:slug/installations/new"] as const)
    pages.get(path, (c) => {
      const app = appNamed(world, c.req.param("slug"));
      const origin = app.setup_url && URL.canParse(app.setup_url) ? new URL(app.setup_url).origin : undefined;
      return show(c, installPage(visitOf(c), app), origin);
    });
  pages.post("/apps/:slug/installations", async (c) => {
    const app = appNamed(world, c.req.param("slug"));
    const { me } = visitOf(c);
    const login = (await formOf(c))["account"] ?? "";
    if (!me || (login !== me.login && !isOrgAdmin(world, login, me.login)))
      throw new ApiError(403, "Only an owner of the account may install an App on it.");
    const made = install(world, app, login, null);
    if (!app.setup_url) return c.redirect(`/apps/${app.slug}`, 303);
    const back = new URL(app.setup_url);
    back.searchParams.set("installation_id", String(made.id));
    back.searchParams.set("setup_action", "install");
    return c.redirect(back.href, 303);
  });
  pages.get("/settings/installations/:id", (c) => {
    const found = world.store.installations.get(c.req.param("id"));
    if (!found) throw notFound();
    return c.redirect(`/apps/${world.store.apps.get(String(found.app))?.slug}`, 302);
  });
}
