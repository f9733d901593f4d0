// The demo's world on GitHub: people, an organisation, one repository, and the App that Cutwater acts as.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ORG = "harbour";
export const REPO = "knots";
/** Member and owner of the code, two members who review, and somebody from outside. */
export const PEOPLE = ["ada", "grace", "margaret", "sam"] as const;
export type DemoPerson = (typeof PEOPLE)[number];

export interface SeedOptions {
  github: string;
  /** Opens the emulator's set-up interface. */
  adminToken: string;
  tokens: Record<DemoPerson, string>;
  app: {
    id: number;
    key: string;
    webhookSecret: string;
    hookUrl: string;
    permissions: Record<string, string>;
    events: string[];
  };
}

const NAMES: Record<DemoPerson, string> = {
  ada: "Ada Lovelace",
  grace: "Grace Hopper",
  margaret: "Margaret Hamilton",
  sam: "Sam Stranger",
};

/** Labels that the plugins and tide use; `label` refuses those that do not exist. */
const LABELS = [
  ["lgtm", "15dd18", "Looks good to me: it is ready to be merged."],
  ["approved", "0ffa16", "Approved by an owner of every file it touches."],
  ["do-not-merge/hold", "e11d21", "Somebody holds it."],
  ["do-not-merge/work-in-progress", "e11d21", "Its author is still working on it."],
  ["do-not-merge/invalid-owners-file", "e11d21", "An OWNERS file in it cannot be used."],
  ["needs-ok-to-test", "b60205", "A member must look before tests run."],
  ["ok-to-test", "15dd18", "A member has looked; tests run."],
  ["kind/bug", "e11d21", "Something is wrong."],
  ["kind/feature", "c7def8", "Something new."],
  ["help wanted", "006b75", "Help is welcome."],
  ["good first issue", "7057ff", "Good for a first contribution."],
  ...["XS", "S", "M", "L", "XL", "XXL"].map((size) => [
    `size/${size}`,
    "77bb00",
    "How many lines it changes.",
  ]),
].map(([name, color, description]) => ({ name, color, description }));

/** May be sent again: what exists keeps its content. */
export async function seedDemo({ github, adminToken, tokens, app }: SeedOptions): Promise<void> {
  const seed = {
    users: PEOPLE.map((login) => ({
      login,
      name: NAMES[login],
      email: `${login}@example.com`,
      token: tokens[login],
    })),
    orgs: [{ login: ORG, name: "Harbour", members: { ada: "admin", grace: "member", margaret: "member" } }],
    repos: [
      {
        owner: ORG,
        name: REPO,
        description: "Small conversions for people at sea",
        author: "ada",
        files: await filesBelow(fileURLToPath(new URL("knots/", import.meta.url))),
        labels: LABELS,
        collaborators: { grace: "write", margaret: "write" },
      },
    ],
    apps: [
      {
        name: "Cutwater",
        owner: ORG,
        id: app.id,
        description: "Tests pull requests and merges them",
        key: app.key,
        webhook_secret: app.webhookSecret,
        hook_url: app.hookUrl,
        permissions: app.permissions,
        events: app.events,
        installations: [{ account: ORG }],
      },
    ],
  };
  const response = await fetch(`${github}/_cutwater/seed`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${adminToken}` },
    body: JSON.stringify(seed),
  });
  if (!response.ok)
    throw new Error(`the demo could not be set up: ${response.status} ${await response.text()}`);
}

async function filesBelow(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files
      .sort()
      .map(
        async (file): Promise<[string, string]> => [
          file.slice(directory.length),
          await readFile(file, "utf8"),
        ],
      ),
  );
  return Object.fromEntries(contents);
}
