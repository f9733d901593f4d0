import type { World } from "../world.ts";
export function pages(_world: World) {
  return async (_request: Request) => new Response("", { status: 404 });
}
