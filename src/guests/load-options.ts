// What a Probot app is handed besides the app object. A guest has no web server, so its routes are taken and not served.
import type { Logger } from "pino";

type Options = { cwd: string; addHandler(): void; getRouter(path?: string): unknown };

export function loadOptions(log: Pick<Logger, "warn">): Options {
  let told = false;
  const tell = (): void => {
    if (!told)
      log.warn(
        "Routes of this app are not served here; an app that needs them runs by itself, as an `endpoint`.",
      );
    told = true;
  };
  return {
    cwd: process.cwd(),
    addHandler: tell,
    getRouter() {
      tell();
      return inertRouter();
    },
  };
}

/** Takes `use`, `get`, `route("/x").post(…)` and whatever else an Express router takes. */
function inertRouter(): unknown {
  const router: unknown = new Proxy(() => {}, {
    // Awaited, it must not look like a promise.
    get: (_target, name) => (name === "then" ? undefined : router),
    apply: () => router,
  });
  return router;
}
