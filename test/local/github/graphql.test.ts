// GraphQL as tide asks it, and our part of the schema against GitHub's own.
import { readFileSync } from "node:fs";
import { schema as published } from "@octokit/graphql-schema";
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installedApp, lib, openPull, type TestGitHub, testGitHub } from "./world.ts";

let github: TestGitHub;
beforeAll(async () => {
  github = await testGitHub();
});
afterAll(() => github.close());

interface Thing {
  [key: string]: Thing;
}

async function query(text: string, variables: object = {}) {
  const { data } = await github.as("bot").request("POST /graphql", { query: text, variables });
  return data as { data: Thing; errors?: { type?: string; message: string }[] };
}

/** As Prow's tide sends it. */
const TIDE = `query($query:String!$searchCursor:String){rateLimit{cost,remaining},search(type: ISSUE, first: 37, after: $searchCursor, query: $query){pageInfo{hasNextPage,endCursor},nodes{... on PullRequest{number,author{login},authorMetadata:author{__typename},baseRef{name,prefix},headRefName,headRefOid,mergeable,mergeStateStatus,canBeRebased,repository{name,nameWithOwner,owner{login}},reviewDecision,commits(last: 4){nodes{commit{status{contexts{context,description,state}},oid,statusCheckRollup{contexts(last: 100){nodes{... on CheckRun{name,status,conclusion}}}}}}},labels(first: 100){nodes{name}},milestone{title},body,title,updatedAt}}}}`;

test("tide's search sees labels, contexts, checks and mergeability", async () => {
  const alice = github.as("alice");
  const pr = await openPull(alice, "topic", "t.txt", "t\n");
  await alice.issues.addLabels({ ...lib, issue_number: pr.number, labels: ["lgtm"] });
  const sha = pr.head.sha;
  await alice.repos.createCommitStatus({ ...lib, sha, state: "success", context: "unit", description: "ok" });
  await (await installedApp(github, { checks: "write" })).checks.create({
    ...lib,
    name: "lint",
    head_sha: sha,
    conclusion: "failure",
  });
  const { data, errors } = await query(TIDE, {
    query: 'is:pr state:open archived:false repo:"acme/lib" label:"lgtm"',
  });
  expect(errors).toBeUndefined();
  expect(data["search"]?.["pageInfo"]).toMatchObject({ hasNextPage: false });
  expect(data["search"]?.["nodes"]?.["0"]).toMatchObject({
    number: pr.number,
    author: { login: "alice" },
    authorMetadata: { __typename: "User" },
    baseRef: { name: "main", prefix: "refs/heads/" },
    headRefName: "topic",
    headRefOid: sha,
    mergeable: "MERGEABLE",
    mergeStateStatus: "UNSTABLE",
    canBeRebased: true,
    labels: { nodes: [{ name: "lgtm" }] },
    commits: {
      nodes: [
        {
          commit: {
            oid: sha,
            status: { contexts: [{ context: "unit", description: "ok", state: "SUCCESS" }] },
            statusCheckRollup: {
              contexts: { nodes: [{ name: "lint", status: "COMPLETED", conclusion: "FAILURE" }, {}] },
            },
          },
        },
      ],
    },
  });
});

test("a repository that is not there is a NOT_FOUND error, a wrong field an error", async () => {
  const missing = await query(`{repository(owner:"acme",name:"gone"){name}}`);
  expect(missing).toMatchObject({ data: { repository: null }, errors: [{ type: "NOT_FOUND" }] });
  expect((await query("{nonsense}")).errors?.[0]?.message).toContain("nonsense");
});

test("files, history and blame of a commit", async () => {
  const { data, errors } = await query(
    `{repository(owner:"acme",name:"lib"){object(expression:"main"){... on Commit{history(first:1){totalCount} blame(path:"README.md"){ranges{startingLine commit{author{user{login}}}}}}} file:object(expression:"main:README.md"){... on Blob{text}}}}`,
  );
  expect(errors).toBeUndefined();
  expect(data["repository"]).toMatchObject({
    object: {
      history: { totalCount: 1 },
      blame: { ranges: [{ startingLine: 1, commit: { author: { user: { login: "alice" } } } }] },
    },
    file: { text: "# lib\n" },
  });
});

test("an issue is pinned, unpinned and transferred as Prow's issue-management asks", async () => {
  await github.admin("repos", {
    owner: "acme",
    name: "charts",
    files: { a: "a" },
    labels: [{ name: "lgtm" }],
    collaborators: { bot: "write" },
  });
  const alice = github.as("alice");
  const { data: to } = await alice.repos.get({ owner: "acme", repo: "charts" });
  const { data: issue } = await alice.issues.create({
    ...lib,
    title: "Astray",
    labels: ["lgtm", "kind/bug"],
  });
  await alice.issues.createComment({ ...lib, issue_number: issue.number, body: "It belongs elsewhere" });
  const ask = (name: string, input: object) =>
    query(
      `mutation($input:${name}Input!){${name[0]?.toLowerCase()}${name.slice(1)}(input:$input){issue{id,url}}}`,
      {
        input,
      },
    );
  for (const name of ["PinIssue", "UnpinIssue"])
    expect((await ask(name, { issueId: issue.node_id })).errors).toBeUndefined();

  const { data } = await ask("TransferIssue", { issueId: issue.node_id, repositoryId: to.node_id });
  const moved = { owner: "acme", repo: "charts", issue_number: 1 };
  expect(data["transferIssue"]).toMatchObject({ issue: { url: `${github.url}/acme/charts/issues/1` } });
  expect((await alice.issues.get(moved)).data).toMatchObject({
    title: "Astray",
    user: { login: "alice" },
    labels: [{ name: "lgtm" }],
  });
  expect((await alice.issues.listComments(moved)).data).toMatchObject([{ body: "It belongs elsewhere" }]);
  await expect(alice.issues.get({ ...lib, issue_number: issue.number })).rejects.toMatchObject({
    status: 404,
  });
  const pr = await openPull(alice, "stays", "s.txt", "s\n");
  const refused = await ask("TransferIssue", { issueId: pr.node_id, repositoryId: to.node_id });
  expect(refused.errors?.[0]?.message).toBe("Pull requests cannot be transferred");
});

test("pages go on where the cursor says", async () => {
  const labels = `query($after:String){repository(owner:"acme",name:"lib"){labels(first:1,after:$after){nodes{name} pageInfo{endCursor hasNextPage}}}}`;
  const first = (await query(labels)).data["repository"]?.["labels"];
  expect(first).toMatchObject({ nodes: [{ name: "lgtm" }], pageInfo: { hasNextPage: true } });
  const after = first?.["pageInfo"]?.["endCursor"];
  expect((await query(labels, { after })).data["repository"]?.["labels"]).toMatchObject({
    nodes: [{ name: "kind/bug" }],
  });
});

test("every type, field and argument of our schema is GitHub's", () => {
  const theirs = buildSchema(published.idl, { assumeValidSDL: true, assumeValid: true });
  const path = new URL("../../../src/local/github/graphql/schema.graphql", import.meta.url);
  const ours = buildSchema(readFileSync(path, "utf8"));
  const wrong: string[] = [];
  for (const [name, type] of Object.entries(ours.getTypeMap())) {
    if (name.startsWith("__")) continue;
    const theirType = theirs.getType(name);
    if (!theirType || theirType.constructor !== type.constructor) wrong.push(name);
    if (isEnumType(type) && isEnumType(theirType))
      wrong.push(
        ...type
          .getValues()
          .filter((value) => !theirType.getValue(value.name))
          .map((value) => `${name}.${value.name}`),
      );
    if (isUnionType(type) && isUnionType(theirType)) {
      const known = theirType.getTypes().map(String);
      wrong.push(
        ...type
          .getTypes()
          .map(String)
          .filter((member) => !known.includes(member))
          .map((member) => `${name} | ${member}`),
      );
    }
    const fielded = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
    const theirFielded =
      isObjectType(theirType) || isInterfaceType(theirType) || isInputObjectType(theirType);
    if (!fielded || !theirFielded) continue;
    for (const [field, definition] of Object.entries(type.getFields())) {
      const theirField = theirType.getFields()[field];
      if (String(theirField?.type) !== String(definition.type))
        wrong.push(`${name}.${field}: ${definition.type} / ${theirField?.type}`);
      if (!("args" in definition) || !theirField || !("args" in theirField)) continue;
      for (const argument of definition.args) {
        const theirArgument = theirField.args.find((candidate) => candidate.name === argument.name);
        if (String(theirArgument?.type) !== String(argument.type))
          wrong.push(`${name}.${field}(${argument.name}: ${theirArgument?.type})`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
