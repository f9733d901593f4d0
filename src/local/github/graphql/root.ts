// What every resolver is handed, and the error that names what is not there.
import { GraphQLError } from "graphql";
import type { Actor } from "../access.ts";
import type { Allowance } from "../rate-limit.ts";
import type { Repo } from "../records.ts";
import type { World } from "../world.ts";

export interface Root {
  world: World;
  actor: Actor;
  allowance: Allowance;
  /** Repositories have pull requests and pull requests have repositories: this breaks the circle. */
  repository(repo: Repo): object;
}

export const missing = (what: string): GraphQLError =>
  new GraphQLError(`Could not resolve to ${what}.`, { extensions: { type: "NOT_FOUND" } });
