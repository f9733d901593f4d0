// Cuts the response schemas of the endpoints that the GitHub emulator has out of GitHub's OpenAPI description.
// Usage: npm pack @octokit/openapi, unpack it, then
//   node scripts/openapi-subset.ts PATH/generated/api.github.com.json test/fixtures/github-openapi.json
import { readFileSync, writeFileSync } from "node:fs";

type Schema = Record<string, unknown>;

/** Method, path as GitHub's description writes it, and status. */
const ENDPOINTS = [
  "GET /repos/{owner}/{repo} 200",
  "PATCH /repos/{owner}/{repo} 200",
  "GET /orgs/{org}/repos 200",
  "POST /repos/{owner}/{repo}/forks 202",
  "GET /repos/{owner}/{repo}/collaborators 200",
  "GET /repos/{owner}/{repo}/collaborators/{username}/permission 200",
  "GET /repos/{owner}/{repo}/branches 200",
  "GET /repos/{owner}/{repo}/branches/{branch} 200",
  "GET /repos/{owner}/{repo}/tags 200",
  "GET /repos/{owner}/{repo}/commits 200",
  "GET /repos/{owner}/{repo}/commits/{ref} 200",
  "GET /repos/{owner}/{repo}/compare/{basehead} 200",
  "PUT /repos/{owner}/{repo}/contents/{path} 201",
  "PUT /repos/{owner}/{repo}/contents/{path} 200",
  "GET /repos/{owner}/{repo}/git/ref/{ref} 200",
  "POST /repos/{owner}/{repo}/git/refs 201",
  "POST /repos/{owner}/{repo}/git/blobs 201",
  "POST /repos/{owner}/{repo}/git/trees 201",
  "GET /repos/{owner}/{repo}/git/trees/{tree_sha} 200",
  "POST /repos/{owner}/{repo}/git/commits 201",
  "GET /repos/{owner}/{repo}/pulls 200",
  "POST /repos/{owner}/{repo}/pulls 201",
  "GET /repos/{owner}/{repo}/pulls/{pull_number} 200",
  "PATCH /repos/{owner}/{repo}/pulls/{pull_number} 200",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/files 200",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/commits 200",
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge 200",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers 201",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews 200",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews 200",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments 201",
  "GET /repos/{owner}/{repo}/issues 200",
  "POST /repos/{owner}/{repo}/issues 201",
  "GET /repos/{owner}/{repo}/issues/{issue_number} 200",
  "PATCH /repos/{owner}/{repo}/issues/{issue_number} 200",
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments 200",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments 201",
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id} 200",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/assignees 201",
  "GET /repos/{owner}/{repo}/issues/{issue_number}/labels 200",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/labels 200",
  "GET /repos/{owner}/{repo}/labels 200",
  "POST /repos/{owner}/{repo}/labels 201",
  "GET /repos/{owner}/{repo}/milestones 200",
  "POST /repos/{owner}/{repo}/statuses/{sha} 201",
  "GET /repos/{owner}/{repo}/commits/{ref}/statuses 200",
  "GET /repos/{owner}/{repo}/commits/{ref}/status 200",
  "POST /repos/{owner}/{repo}/check-runs 201",
  "GET /repos/{owner}/{repo}/commits/{ref}/check-runs 200",
  "GET /search/issues 200",
  "GET /rate_limit 200",
  "GET /user 200",
  "GET /users/{username} 200",
  "GET /orgs/{org} 200",
  "GET /orgs/{org}/members 200",
  "GET /orgs/{org}/memberships/{username} 200",
  "GET /orgs/{org}/teams 200",
  "GET /orgs/{org}/teams/{team_slug} 200",
  "GET /orgs/{org}/teams/{team_slug}/members 200",
  "GET /orgs/{org}/hooks 200",
  "GET /orgs/{org}/hooks/{hook_id}/deliveries 200",
  "GET /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id} 200",
  "GET /app 200",
  "GET /app/installations 200",
  "POST /app/installations/{installation_id}/access_tokens 201",
  "GET /repos/{owner}/{repo}/installation 200",
  "GET /installation/repositories 200",
];

const PROSE = new Set([
  "description",
  "example",
  "examples",
  "title",
  "deprecated",
  "externalDocs",
  "default",
  "x-github",
]);

/** OpenAPI 3.0 to JSON Schema: no prose, `nullable` as a type of its own. */
function clean(value: unknown, isFields = false): unknown {
  if (Array.isArray(value)) return value.map((item) => clean(item));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value)
    .filter(([key]) => isFields || (!PROSE.has(key) && key !== "nullable"))
    .map(([key, inner]) => [key, clean(inner, !isFields && key === "properties")] as const);
  const schema = Object.fromEntries(kept) as Schema;
  if (isFields || (value as Schema)["nullable"] !== true) return schema;
  if (typeof schema["type"] !== "string") return { anyOf: [schema, { type: "null" }] };
  const { enum: values } = schema;
  const nullable = { ...schema, type: [schema["type"], "null"] };
  return Array.isArray(values) ? { ...nullable, enum: [...new Set([...values, null])] } : nullable;
}

function subset(description: Schema): { responses: Schema; definitions: Schema } {
  const at = (path: string[]): unknown =>
    path.reduce<unknown>((found, key) => (found as Schema | undefined)?.[key], description);
  const responses: Schema = {};
  const definitions: Schema = {};
  const collect = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(clean(value)).replaceAll(/"#\/components\/schemas\/([^"]+)"/g, (_, name: string) => {
        if (!(name in definitions)) {
          definitions[name] = {};
          definitions[name] = collect(at(["components", "schemas", name]));
        }
        return `"#/definitions/${name}"`;
      }),
    );
  for (const endpoint of ENDPOINTS) {
    const [method = "", path = "", status = ""] = endpoint.split(" ");
    let response = at(["paths", path, method.toLowerCase(), "responses", status]) as Schema | undefined;
    const reference = response?.["$ref"];
    if (typeof reference === "string") response = at(reference.slice(2).split("/")) as Schema;
    const content = response?.["content"] as Record<string, { schema: unknown }> | undefined;
    const schema = content?.["application/json"]?.schema;
    if (!schema) throw new Error(`${endpoint}: the description has no JSON response of that status`);
    responses[endpoint] = collect(schema);
  }
  return { responses, definitions };
}

const [, , from, to] = process.argv;
if (!from || !to) throw new Error("usage: node scripts/openapi-subset.ts api.github.com.json OUTPUT");
writeFileSync(to, `${JSON.stringify(subset(JSON.parse(readFileSync(from, "utf8")) as Schema))}\n`);
