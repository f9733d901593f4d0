// Deliveries that nobody sends by accident: real ones with parts removed, replaced and doubled, and plain absurdities.
import { gzipSync } from "node:zlib";
import { hostileText } from "./hostile-words.ts";
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
  ["pull_request_review", { action: "edited", pull_request: pull, review, ...around }],
  ["pull_request_review", { action: "dismissed", pull_request: pull, review, ...around }],
  ["pull_request_review_comment", { action: "edited", pull_request: pull, comment, ...around }],
  ["issues", { action: "closed", issue: { ...issue, pull_request: undefined, state: "closed" }, ...around }],
  ["issue_comment", { action: "created", issue: { ...issue, pull_request: undefined }, comment, ...around }],
  ["issue_comment", { action: "deleted", issue, comment, ...around }],
  [
    "push",
    {
      ref: "refs/tags/v1",
      before: "0".repeat(40),
      after: "a".repeat(40),
      created: true,
      commits: [],
      ...around,
    },
  ],
  [
    "push",
    {
      ref: "refs/heads/mend",
      before: "a".repeat(40),
      after: "0".repeat(40),
      deleted: true,
      commits: [],
      ...around,
    },
  ],
  [
    "check_run",
    { action: "requested_action", requested_action: { identifier: "cancel" }, check_run: run, ...around },
  ],
  ["check_run", { action: "rerequested", check_run: run, ...around }],
  ["check_suite", { action: "rerequested", check_suite: run, ...around }],
];

const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;

const VALUES: readonly ((chance: Chance) => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 1e308,
  () => 2 ** 53,
  () => 0.1,
  () => -0,
  () => "7",
  () => "1e9",
  () => "",
  () => [],
  () => ({}),
  () => [null],
  () => ({ login: null }),
  (chance) => "a".repeat(chance.below(20_000)),
  hostileText,
  (chance) => Array.from({ length: chance.below(40) }, () => hostileText(chance)).join("\r\n"),
  () => "\u0000\ud800\u202e",
  () => `${"@".repeat(500)} ${"#1".repeat(500)} ${"```".repeat(300)} ${"<!--".repeat(300)}`,
  () => "not a time",
  () => "../../etc/passwd",
  () => "refs/heads/../x",
  () => "__proto__",
  () => "toString",
  () => `${"a".repeat(39)}g`,
  () => "2026-01-01T00:00:00+99:99",
  () => "https://github.com/acme/tool/pull/7/../8?x#y",
  (chance) =>
    Array.from({ length: chance.oneIn(50) ? 4_000 : 400 }, (_, n) => ({
      ...{ name: `l${n}`, login: `u${n}`, id: n, message: `m${n}`, number: n, slug: `s${n}` },
    })),
];

/** A number as text, a text as a number or a list, one thing where many are due, and the other way round. */
function retyped(value: unknown): unknown {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return /^\d+$/.test(value) ? Number(value) : [value];
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value[0] ?? {};
  return [value];
}

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
  else if (kind < 5) holder[key] = retyped(holder[key]);
  else holder[key] = chance.pick(VALUES)(chance);
}

const UNKNOWN = [
  ..."ping release workflow_run workflow_job installation membership create delete fork star merge_group".split(
    " ",
  ),
  ...["", "__proto__", "constructor", "PUSH", "push\u0000", "a".repeat(70), "push,status"],
];

const ACTIONS = [
  ..."unlabeled assigned unassigned review_requested converted_to_draft milestoned demilestoned locked enqueued".split(
    " ",
  ),
  ..."deleted dismissed requested_action created completed transferred pinned auto_merge_enabled edited".split(
    " ",
  ),
  ...["", "__proto__", "toString", "valueOf", "OPENED", "opened\u0000", "a".repeat(300)],
];

const HEADERS: readonly Record<string, string>[] = [
  { "content-type": "application/json; charset=utf-8" },
  { "content-type": "application/x-www-form-urlencoded" },
  { "content-encoding": "gzip" },
  { "content-length": "99999999999999999999" },
  { "content-length": "-1" },
  { "content-length": "" },
  { "x-hub-signature-256": "" },
  { "x-hub-signature-256": "sha256=" },
  { "x-hub-signature-256": `sha256=${"0".repeat(63)}` },
  { "x-hub-signature-256": `sha256=${"0".repeat(100_000)}` },
  { "x-hub-signature-256": `SHA256=${"0".repeat(64)}` },
  { "x-hub-signature": `sha1=${"0".repeat(40)}` },
  { "x-github-hook-installation-target-id": "__proto__" },
  { "x-github-enterprise-host": "evil.example", "x-forwarded-host": "evil.example" },
];

export interface HostileDelivery {
  event: string;
  /** Which one it claims to be. */
  guid: string;
  body: Buffer;
  /** Beside those of every delivery; instead of them where they have the same name. */
  headers: Record<string, string>;
}

export function hostileDelivery(chance: Chance): HostileDelivery {
  const [real, payload] = chance.pick(REAL);
  // An event is sometimes told as another, or as one that we do not know.
  const event = chance.oneIn(20) ? chance.pick([chance.pick(REAL)[0], ...UNKNOWN]) : real;
  const root = structuredClone(payload);
  if (chance.oneIn(2)) speak(root, chance);
  if (chance.oneIn(8)) root["action"] = chance.pick(ACTIONS);
  for (let changes = chance.below(5); changes > 0; changes--) mutate(root, chance);
  const text = broken(JSON.stringify(root), chance);
  const guid = chance.oneIn(50)
    ? chance.pick(["", "a b", "x".repeat(500), "../x", "\u00e9", "head a/b#1 x"])
    : "guid";
  return { event, guid, body: encoded(text, chance), headers: chance.oneIn(20) ? chance.pick(HEADERS) : {} };
}

/** Somebody says something in what the payload is about. */
function speak(root: Record<string, unknown>, chance: Chance): void {
  for (const key of ["comment", "review", "issue", "pull_request"]) {
    const subject = root[key];
    if (typeof subject !== "object" || subject === null || !("body" in subject)) continue;
    Object.assign(subject, { body: hostileText(chance) });
    if ("title" in subject && chance.oneIn(2)) Object.assign(subject, { title: hostileText(chance) });
  }
}

/** As text. */
function broken(text: string, chance: Chance): string {
  let body = text;
  if (chance.oneIn(40))
    body = body.replace(/"(body|title|labels)":/, `"$1":${deep(chance.below(2_000) + 1)},"x":`);
  if (chance.oneIn(1_000)) body = body.replace('"title":', `"title":${deep(100_000)},"x":`);
  if (chance.oneIn(40))
    body = body.replace("{", '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},');
  if (chance.oneIn(40))
    body = body.replace(/"number":7/g, `"number":${chance.pick(["7.0", "7e0", "1e999", "-7", "07", "7n"])}`);
  if (chance.oneIn(20)) {
    const from = chance.below(body.length);
    body =
      body.slice(0, from) +
      chance.pick(["", '"', "{", "\ud800", "\\u0000", "NaN"]) +
      body.slice(from + chance.below(3));
  }
  return body;
}

/** As bytes: nearly always UTF-8. */
function encoded(text: string, chance: Chance): Buffer {
  if (!chance.oneIn(30)) return Buffer.from(text);
  const bytes = Buffer.from(text);
  const at = chance.below(bytes.length);
  const ways = [
    () => Buffer.from(`\ufeff${text}`),
    () => Buffer.from(text, "utf16le"),
    () => Buffer.from(text, "latin1"),
    () => gzipSync(bytes),
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), bytes.subarray(at)]),
    () => Buffer.concat([bytes, Buffer.from("\0")]),
    () => Buffer.concat([bytes, bytes]),
    () => Buffer.from(`payload=${encodeURIComponent(text.toWellFormed())}`),
  ];
  return chance.pick(ways)();
}
