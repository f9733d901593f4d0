// Under /_cutwater/: the ledger, the faults, and time that is to have passed.
import { age } from "./age.ts";
import { invalid, notFound } from "./api-error.ts";
import type { World } from "./world.ts";

/** GET ledger?after=N&limit=N, GET faults. */
export function inspect({ ledger, faults }: World, path: string, query: URLSearchParams): Response {
  if (path === "faults") return Response.json(faults.settings);
  if (path !== "ledger") throw notFound();
  const limit = query.get("limit");
  const entries = ledger.page(Number(query.get("after") ?? 0), limit ? Number(limit) : undefined);
  return Response.json({ entries });
}

/** POST ledger: it is written from now on. POST faults: these and no others. POST age: so many seconds have passed. */
export function makeTrouble(world: World, path: string, body: Record<string, unknown>): object | undefined {
  if (path === "ledger" || path === "faults") world.ledger.start();
  if (path === "ledger") return {};
  if (path === "faults") return world.faults.set(body);
  if (path !== "age") return undefined;
  const seconds = Number(body["seconds"]);
  if (!(seconds > 0)) throw invalid("Age", "seconds");
  age(world, seconds * 1000);
  return {};
}
