// Setting up the GitHub App in the browser: one page with one button, and what GitHub gives back is kept in a file.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { html } from "hono/html";
import { page } from "../../deck/layout.ts";
import { staticFile } from "../../deck/static-file.ts";
import { appManifest, type CreatedApp, convertManifestCode, createAppUrl } from "../../github/app-setup.ts";
import type { Host } from "../command.ts";
import { type Fetch, listenFetch } from "../process/listen.ts";
import { readJSON } from "../process/read-json.ts";

export interface SetupOptions {
  /** Where the App's file is kept. */
  directory: string;
  /** GitHub's web pages and API. */
  githubUrl: string;
  endpoint: string;
  /** The organisation that will own the App; "" is the person. */
  org: string;
  /** Where GitHub and the browser reach us. */
  publicUrl: string;
  listenOn: { host: string; port: number };
}

const appFile = (directory: string): string => join(directory, "github-app.json");

/** undefined when no App has been set up in that directory. */
export const savedApp = (directory: string): Promise<CreatedApp | undefined> => readJSON(appFile(directory));

/** Readable by the owner alone: it holds the App's private key. */
const saveApp = (directory: string, app: CreatedApp): Promise<void> =>
  writeFile(appFile(directory), `${JSON.stringify(app, undefined, 2)}\n`, { mode: 0o600 });

/** Serves the page until the App exists, or `host.signal` aborts (then undefined). */
export async function setUpApp(options: SetupOptions, host: Host): Promise<CreatedApp | undefined> {
  // Whoever knows the key is the person at the terminal; anybody else who reaches the port finds nothing here.
  const [state, key] = [randomBytes(24).toString("hex"), randomBytes(24).toString("hex")];
  const manifest = appManifest(await readFile(new URL("../../../app.yml", import.meta.url), "utf8"), {
    redirectUrl: `${options.publicUrl}/setup/created`,
    webhookUrl: `${options.publicUrl}/hook`,
  });
  const created = Promise.withResolvers<CreatedApp | undefined>();
  host.signal.addEventListener("abort", () => created.resolve(undefined), { once: true });
  const { host: address, port } = options.listenOn;
  const server = await listenFetch(
    setupPages(options, { state, key, manifest }, created.resolve),
    address,
    port,
    "port",
  );
  host.out(`There is no GitHub App yet. Open ${server.url}/setup?key=${key} to create one.`);
  try {
    return await created.promise;
  } finally {
    // The browser still fetches the page's styles.
    await host.clock.sleep(500, host.signal);
    await server.close();
  }
}

/** No script at all; the one form goes to GitHub. */
const SAFE = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

function setupPages(
  { directory, endpoint, githubUrl, org }: SetupOptions,
  { state, key, manifest }: { state: string; key: string; manifest: string },
  created: (app: CreatedApp) => void,
): Fetch {
  const answer = (body: ReturnType<typeof html>, status = 200) =>
    new Response(String(page({ title: "Set up", body })), {
      status,
      headers: { ...SAFE, "content-type": "text/html; charset=utf-8" },
    });
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.startsWith("/static/")) return staticFile(pathname.slice(8)) ?? answer(nothing, 404);
    if (pathname === "/setup" && searchParams.get("key") === key) {
      return answer(form(createAppUrl(githubUrl, state, org || undefined), manifest));
    }
    // The state was only ever on the page behind the key.
    if (pathname !== "/setup/created" || searchParams.get("state") !== state) return answer(nothing, 404);
    try {
      const app = await convertManifestCode(endpoint, searchParams.get("code") ?? "");
      await saveApp(directory, app);
      created(app);
      return answer(done(app));
    } catch (error) {
      return answer(failed(error as Error), 502);
    }
  };
}

const nothing = html`<h1>Nothing here</h1><p>The address for setting up stands in the terminal that started Cutwater.</p>`;

const failed = ({ message }: Error) => html`<h1>GitHub did not hand the App over</h1><p>${message}</p>
<p>Open the address in the terminal again.</p>`;

const form = (url: string, manifest: string) => html`<h1>Create the GitHub App</h1>
<p>GitHub will ask for a name and create an App with just the permissions that Cutwater needs.</p>
<form method="post" action="${url}"><input type="hidden" name="manifest" value="${manifest}"><button>Create it on GitHub</button></form>`;

const done = ({ slug, html_url }: CreatedApp) => html`<h1>${slug} exists</h1>
<p>Its key is kept in the data directory, readable by you alone. One thing is left: <a href="${html_url}/installations/new">install it on your repositories</a>.</p>
<p>Cutwater is starting; in a few seconds <a href="/">its pages are here</a>.</p>`;
