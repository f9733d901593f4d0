// Deliveries that nobody sends by accident: real ones with parts removed, replaced and doubled, and plain absurdities.
import type { Chance } from "./seeded.ts";

const user = (login: string) => ({ login, id: 2, type: "User" });
const repository = {
  ...{ id: 1, name: "tool", full_name: "acme/tool", html_url: "https://github.com/acme/tool" },
  ...{
    owner: { login: "acme", id: 1, type: "Organization" },
    default_branch: "main",
    private: false,
    archived: false,
  },
};
const at = "2026-01-01T00:00:00Z";
const pull = {
  ...{
    number: 7,
    title: "Mend it",
    body: "/lgtm\n/hold\nFixes #3",
    state: "open",
    draft: false,
    merged: false,
  },
  ...{
    user: user("alice"),
    assignees: [user("bob")],
    labels: [{ name: "lgtm", color: "00ff00", description: null }],
  },
  ...{ milestone: null, html_url: "https://github.com/acme/tool/pull/7", created_at: at, updated_at: at },
  ...{
    mergeable: true,
    merge_commit_sha: null,
    comments: 1,
    review_comments: 0,
    commits: 1,
    changed_files: 1,
  },
  base: { ref: "main", sha: "b".repeat(40), repo: repository },
  head: { ref: "mend", sha: "a".repeat(40), repo: repository, user: user("alice") },
  ...{ requested_reviewers: [user("carol")], requested_teams: [], additions: 10, deletions: 2 },
};
const issue = { ...pull, pull_request: { url: "https://api.github.com/x" } };
const comment = {
  id: 99,
  body: "/test all",
  user: user("bob"),
  html_url: "https://x/#99",
  created_at: at,
  updated_at: at,
};
const review = { ...comment, state: "approved", submitted_at: at, commit_id: "a".repeat(40) };
const run = {
  name: "unit",
  external_id: "x",
  head_sha: "a".repeat(40),
  app: { slug: "ci" },
  pull_requests: [{ number: 7 }],
};
const commits = [
  { id: "c".repeat(40), message: "m", added: ["a"], removed: [], modified: ["config/x.yaml"] },
];
const around = { repository, sender: user("bob") };

const REAL: [string, Record<string, unknown>][] = [
  ...["opened", "edited", "synchronize", "closed", "reopened", "labeled", "ready_for_review"].map(
    (action): [string, Record<string, unknown>] => [
      "pull_request",
      {
        action,
        number: 7,
        pull_request: pull,
        label: pull.labels[0],
        changes: { body: { from: "x" } },
        ...around,
      },
    ],
  ),
  ["issue_comment", { action: "created", issue, comment, ...around }],
  ["issue_comment", { action: "edited", issue, comment, changes: { body: { from: "" } }, ...around }],
  ["issues", { action: "opened", issue, ...around }],
  ["issues", { action: "labeled", issue, label: pull.labels[0], ...around }],
  ["pull_request_review", { action: "submitted", pull_request: pull, review, ...around }],
  ["pull_request_review_comment", { action: "created", pull_request: pull, comment, ...around }],
  [
    "push",
    {
      ref: "refs/heads/main",
      before: "b".repeat(40),
      after: "a".repeat(40),
      commits,
      compare: "https://x",
      ...around,
    },
  ],
  ["status", { sha: "a".repeat(40), context: "unit", state: "success", description: "", ...around }],
  ["check_run", { action: "rerequested", check_run: run, ...around }],
  ["check_suite", { action: "rerequested", check_suite: run, ...around }],
];

const COMMANDS = [
  ..."/lgtm cancel|/approve no-issue|/assign @bob @@|/cc @acme/x|/hold cancel|/test unit|/retest|/ok-to-test|/kind".split(
    "|",
  ),
  ..."/override ci/x|/milestone v1|/retitle <b>|/close|/reopen|/label a,b|/skip|/meow|/woof|/joke|/shrug|/cherrypick x".split(
    "|",
  ),
];

const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;

const VALUES: readonly ((chance: Chance) => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 1e308,
  () => 2 ** 53,
  () => "",
  () => [],
  () => ({}),
  () => [null],
  () => ({ login: null }),
  (chance) => "a".repeat(chance.below(20_000)),
  (chance) => `${chance.pick(COMMANDS)} `.repeat(chance.below(200)),
  (chance) => Array.from({ length: chance.below(40) }, () => chance.pick(COMMANDS)).join("\r\n"),
  () => "\u0000\ud800\u202e",
  () => `${"@".repeat(500)} ${"#1".repeat(500)} ${"```".repeat(300)} ${"<!--".repeat(300)}`,
  () => "not a time",
  () => "../../etc/passwd",
  () => "refs/heads/../x",
  () => Array.from({ length: 500 }, (_, n) => ({ name: `l${n}`, login: `u${n}`, id: n })),
];

type Holder = Record<string | number, unknown>;

function mutate(root: Record<string, unknown>, chance: Chance): void {
  const places: { holder: Holder; key: string | number }[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Array.isArray(node) ? node.keys() : Object.keys(node)) {
      places.push({ holder: node as Holder, key });
      visit((node as Holder)[key]);
    }
  };
  visit(root);
  const { holder, key } = chance.pick(places);
  const other = chance.pick(places);
  const kind = chance.below(10);
  if (kind < 2) delete holder[key];
  else if (kind < 4) holder[key] = structuredClone(other.holder[other.key]);
  else holder[key] = chance.pick(VALUES)(chance);
}

export function hostileDelivery(chance: Chance): { event: string; body: string } {
  const [real, payload] = chance.pick(REAL);
  // An event is sometimes told as another.
  const event = chance.oneIn(20) ? chance.pick(REAL)[0] : real;
  const root = structuredClone(payload);
  for (let changes = chance.below(5); changes > 0; changes--) mutate(root, chance);
  let body = JSON.stringify(root);
  if (chance.oneIn(40))
    body = body.replace(/"(body|title|labels)":/, `"$1":${deep(chance.below(2_000) + 1)},"x":`);
  if (chance.oneIn(1_000)) body = body.replace('"title":', `"title":${deep(100_000)},"x":`);
  if (chance.oneIn(40))
    body = body.replace("{", '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},');
  if (chance.oneIn(20)) {
    const from = chance.below(body.length);
    body =
      body.slice(0, from) +
      chance.pick(["", '"', "{", "\ud800", "\\u0000"]) +
      body.slice(from + chance.below(3));
  }
  return { event, body };
}
