// Contents of many blobs in one request; what GraphQL does not give as a whole is asked for by itself.
import type { GitHubRead } from "../github/port.ts";
import type { RepoRef } from "../model/github.ts";

type Read = Pick<GitHubRead, "blob" | "graphql">;

/** In one request. */
const MOST = 50;

interface BlobAnswer {
  text?: string | null;
  isBinary?: boolean | null;
  isTruncated?: boolean | null;
}

/** What is no text has none of its own here: anybody's files cost no request each. As YAML it is refused. */
const BINARY = "\0";

interface Answer {
  repository: Record<string, BlobAnswer | null> | null;
}

export async function blobTexts(
  read: Read,
  repo: RepoRef,
  shas: readonly string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const asked = [...new Set(shas)];
  const parts = Array.from({ length: Math.ceil(asked.length / MOST) }, (_, i) =>
    asked.slice(i * MOST, (i + 1) * MOST),
  );
  // One alone costs as much either way.
  if (asked.length > 1) await Promise.all(parts.map((part) => together(read, repo, part, texts)));
  const left = asked.filter((sha) => !texts.has(sha));
  await Promise.all(left.map(async (sha) => void texts.set(sha, await read.blob(repo, sha))));
  return texts;
}

/** Adds what it gets. Failures are left to the requests for single blobs, which say what is wrong. */
async function together(
  read: Read,
  { org, repo }: RepoRef,
  shas: readonly string[],
  texts: Map<string, string>,
): Promise<void> {
  const fields = shas.map(
    (_, i) => `b${i}: object(oid: $b${i}) { ... on Blob { text isBinary isTruncated } }`,
  );
  const parameters = shas.map((_, i) => `$b${i}: GitObjectID!`).join(", ");
  const query = `query($org: String!, $repo: String!, ${parameters}) { repository(owner: $org, name: $repo) { ${fields.join(" ")} } }`;
  const variables = Object.fromEntries(shas.map((sha, i) => [`b${i}`, sha]));
  try {
    const { repository } = await read.graphql<Answer>(query, { org, repo, ...variables }, org);
    for (const [i, sha] of shas.entries()) {
      const { text, isBinary, isTruncated } = repository?.[`b${i}`] ?? {};
      if (isBinary) texts.set(sha, BINARY);
      if (typeof text === "string" && !isTruncated) texts.set(sha, text);
    }
  } catch {
    // Asked again, one by one.
  }
}
