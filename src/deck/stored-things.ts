// Pages and bytes of what jobs have put into storage. Artifacts are untrusted: they never run in deck's origin.
import type { Hono } from "hono";
import { html } from "hono/html";
import type { DeckDeps } from "./deps.ts";
import { artifactsPage, jobPage } from "./job-page.ts";
import { jobOfDirectory, storedView } from "./job-view.ts";
import type { Show } from "./layout.ts";
import { parseStoragePath, type StoragePath, storageURL } from "./storage-path.ts";
import { visibleJobs } from "./visible-jobs.ts";
import { isVisiblePath } from "./visible-storage.ts";

/** Types that a browser shows; everything else is downloaded. HTML is shown as text. */
const SHOWN =
  /^(?:text\/[\w.+-]+|application\/(?:json|xml|yaml|x-yaml)|image\/(?:png|jpeg|gif|webp))(?:;[\w\s="-]*)?$/;

export function storedThings(app: Hono, deps: DeckDeps, show: Show): void {
  const visible = async (path: string, prefix: string): Promise<StoragePath | undefined> => {
    const parsed = parseStoragePath(path.slice(prefix.length));
    return parsed && (await isVisiblePath(deps, parsed)) ? parsed : undefined;
  };
  app.get("/view/*", async (c) => {
    const directory = await visible(c.req.path, "/view/");
    if (!directory) return c.notFound();
    const job = jobOfDirectory(visibleJobs(deps), directory);
    const view = await storedView(deps, directory, job);
    if (!job && view.artifacts.objects.length === 0)
      return show(c, "Not found", nothingThere(directory), 404);
    return show(c, view.name, jobPage(view, deps.clock.now()));
  });
  app.get("/artifacts/*", async (c) => {
    const directory = await visible(c.req.path, "/artifacts/");
    if (!directory) return c.notFound();
    const listing = await deps.storage.list(`${storageURL(directory)}/`, { pageSize: 1000 });
    return show(c, "Artifacts", artifactsPage(directory, listing));
  });
  app.get("/artifact/*", async (c) => {
    const path = await visible(c.req.path, "/artifact/");
    return (path && (await artifact(deps, path))) ?? c.notFound();
  });
}

const nothingThere = ({ provider, bucket, key }: StoragePath) =>
  html`<h1>Nothing is stored there</h1><p class="empty">${provider}://${bucket}/${key} is empty: the job has not uploaded anything yet, or it was deleted.</p>`;

async function artifact({ storage }: DeckDeps, path: StoragePath): Promise<Response | undefined> {
  const url = storageURL(path);
  const info = await storage.stat(url);
  if (!info) return undefined;
  const type = info.contentType ?? "application/octet-stream";
  const shown = SHOWN.test(type);
  const headers = new Headers({
    "content-type": !shown ? type : type.startsWith("image/") ? type : "text/plain; charset=utf-8",
    "content-security-policy": "default-src 'none'; sandbox",
  });
  if (!shown) headers.set("content-disposition", "attachment");
  if (info.contentEncoding) headers.set("content-encoding", info.contentEncoding);
  return new Response(await storage.read(url), { headers });
}
