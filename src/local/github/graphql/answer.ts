// Answers GraphQL requests: authentication, rate limit, then graphql-js on our part of GitHub's schema.
import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLSchema, graphql } from "graphql";
import { ApiError } from "../api-error.ts";
import { authenticate } from "../authenticate.ts";
import { type RateLimit, rateHeaders } from "../rate-limit.ts";
import { uuid, type World } from "../world.ts";
import { mutations } from "./mutations.ts";
import { queries } from "./queries.ts";
import { repositoryNode } from "./repositories.ts";
import type { Root } from "./root.ts";

let schema: GraphQLSchema | undefined;

const readSchema = (): GraphQLSchema => {
  schema ??= buildSchema(readFileSync(new URL("./schema.graphql", import.meta.url), "utf8"));
  return schema;
};

export async function answerGraphQL(world: World, limits: RateLimit, request: Request): Promise<Response> {
  const headers: Record<string, string> = { "x-github-request-id": uuid(world).toUpperCase() };
  try {
    const actor = authenticate(world, request.headers.get("authorization") ?? undefined, "graphql");
    if (!actor.account) throw new ApiError(401, "This endpoint requires you to be authenticated.");
    if (request.method !== "POST") throw new ApiError(404, "Not Found");
    const allowance = limits.take(actor.key, "graphql");
    Object.assign(headers, rateHeaders(allowance));
    const body = (await request.json().catch(() => undefined)) as
      | { query?: unknown; variables?: Record<string, unknown>; operationName?: string }
      | undefined;
    if (typeof body?.query !== "string")
      throw new ApiError(400, "A query attribute must be specified and must be a string.");
    const root: Root = { world, actor, allowance, repository: (repo) => repositoryNode(root, repo) };
    const result = await graphql({
      schema: readSchema(),
      source: body.query,
      rootValue: { ...queries(root), ...mutations(root) },
      contextValue: root,
      variableValues: body.variables ?? {},
      operationName: body.operationName ?? null,
    });
    // GitHub names the kind of an error beside its message.
    const errors = result.errors?.map((error) => {
      const { extensions, ...shown } = error.toJSON();
      return { ...(extensions?.["type"] ? { type: extensions["type"] } : {}), ...shown };
    });
    return Response.json(
      { ...(result.data === undefined ? {} : { data: result.data }), ...(errors ? { errors } : {}) },
      { headers },
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return Response.json(error.body, { status: error.status, headers: { ...headers, ...error.headers } });
  }
}
