import type { RateLimit } from "../rate-limit.ts";
import type { World } from "../world.ts";
export async function answerGraphQL(_world: World, _limits: RateLimit, _request: Request) {
  return new Response("", { status: 404 });
}
