// What tide answers over HTTP: `/` the pools and `/history` the actions, as Prow's; `/snapshot` every reason, for deck.
import { poolsJSON } from "./pools-json.ts";
import type { TideState } from "./state.ts";

export function tideHandler(state: TideState): (request: Request) => Response {
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/history") return Response.json(state.history.all());
    if (pathname === "/snapshot") return Response.json(state.snapshot());
    return pathname === "/"
      ? Response.json(poolsJSON(state.outcomes))
      : new Response("404 page not found\n", { status: 404 });
  };
}
