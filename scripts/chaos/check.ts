// The verdict: is the effect of every acknowledged delivery there, and is none there twice?
import type { Recorded, WriteEntry } from "../../src/local/github/ledger.ts";
import { EVENT_GUID_LABEL } from "../../src/model/labels.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { checkStorage } from "./check-storage.ts";
import { type Told, toldOf } from "./deliveries.ts";
import {
  approvedOf,
  endsOlder,
  isRefused,
  LABEL_CHANGES,
  openOf,
  startsOf,
  startsTests,
  truthOf,
} from "./expected.ts";
import type { Facts, PullFacts } from "./facts.ts";

export interface Verdict {
  lost: string[];
  doubled: string[];
}

export function check(facts: Facts): Verdict {
  const told = toldOf(facts.ledger, facts.hook.invented);
  const ofPull = Map.groupBy(told, (one) => `${one.repo}#${one.pull}`);
  const storage = checkStorage(facts.jobs, facts.stored);
  const lost = [
    ...facts.dead.map((id) => `delivery ${id} was given up`),
    ...unfinished(facts),
    ...storage.lost,
  ];
  const doubled = [
    ...doubledJobs(facts, told),
    ...doubledStatuses(facts),
    ...doubledMerges(facts.ledger),
    ...storage.doubled,
  ];
  for (const pull of facts.pulls) {
    const name = `${pull.repo}#${pull.number}`;
    const own = ofPull.get(name) ?? [];
    const jobs = facts.jobs.filter(
      ({ spec }) => spec.refs?.repo === pull.repo && spec.refs.pulls?.[0]?.number === pull.number,
    );
    const missing = [
      ...wrongLabels(pull, own, facts.ledger),
      ...wrongState(pull, own),
      ...missingJobs(own, jobs, facts.hook.over),
      ...missingStatuses(pull, jobs),
      ...unsigned(pull, own),
    ];
    const answers = answersTo(pull, own, facts.bot);
    lost.push(...[...missing, ...answers.lost].map((text) => `${name}: ${text}`));
    doubled.push(
      ...[...answers.doubled, ...doubledComments(pull, own, facts)].map((text) => `${name}: ${text}`),
    );
  }
  return { lost, doubled };
}

/** Whoever said /lgtm before a push has not seen that: it counts only when it was worked on before. */
function isUnseeing({ repo, branch }: PullFacts, ledger: readonly Recorded[]): (told: Told) => boolean {
  const writes = ledger.filter((entry) => entry.kind === "write");
  const said = new Map(
    writes.flatMap(({ n, id, path }) => (id && path.endsWith("/comments") ? [[id, n] as const] : [])),
  );
  const pushed = writes.findLast(
    ({ method, path, status, body }) =>
      method === "PUT" &&
      status < 300 &&
      path.includes(`/${repo}/contents/`) &&
      (body as { branch?: string }).branch === branch,
  );
  return ({ payload }) => (said.get(payload.comment?.id ?? 0) ?? Number.POSITIVE_INFINITY) < (pushed?.n ?? 0);
}

function wrongLabels(pull: PullFacts, told: readonly Told[], ledger: readonly Recorded[]): string[] {
  const { labels, merged } = pull;
  const isVoid = isUnseeing(pull, ledger);
  const wanted = Object.entries(LABEL_CHANGES).map(([label, change]) => {
    const mayBeVoid = (one: Told) => label === "lgtm" && change(one) === true && isVoid(one);
    return [label, truthOf(told, change, { mayBeVoid })] as const;
  });
  const all = [...wanted, ["approved", approvedOf(told)] as const];
  const wrong = all.flatMap(([label, truth]) => {
    if (truth === undefined || labels.includes(label) === truth) return [];
    // With a merged pull request plugins need not go on.
    return merged ? [] : [truth ? `label ${label} is missing` : `label ${label} is still there`];
  });
  const opened = told.some(
    ({ event, action, acknowledged }) => event === "pull_request" && action === "opened" && acknowledged,
  );
  return opened && !labels.some((label) => label.startsWith("size/"))
    ? [...wrong, "no label of its size"]
    : wrong;
}

function wrongState({ open, merged, labels, statuses }: PullFacts, told: readonly Told[]): string[] {
  const shouldBeOpen = openOf(told);
  if (shouldBeOpen === undefined || merged) return [];
  if (open !== shouldBeOpen) return [open ? "/close had no effect" : "/reopen had no effect"];
  const ready = ["lgtm", "approved", "ready"].every((label) => labels.includes(label));
  const tested = statuses.some(({ context, state }) => context === "unit" && state === "success");
  return open && ready && tested && !labels.includes("do-not-merge/hold")
    ? ["it was ready, and was not merged"]
    : [];
}

/** By its GUID, for each one: nothing else shows that it was worked on. What hook found to be over was over if more came. */
function missingJobs(told: readonly Told[], jobs: readonly ProwJob[], over: ReadonlySet<string>): string[] {
  return told.flatMap((one, at) => {
    const guids = [one.guid, ...one.others];
    const isOver = () => guids.some((guid) => over.has(guid)) && told.slice(at + 1).some(endsOlder);
    if (!one.acknowledged || (one.event === "pull_request" && isOver())) return [];
    const started = (job: string) =>
      jobs.some(
        ({ spec, metadata }) => spec.job === job && guids.includes(metadata.labels?.[EVENT_GUID_LABEL] ?? ""),
      );
    return startsOf(one)
      .filter((job) => !started(job))
      .map((job) => `${one.event} ${one.guid} started no ${job}`);
  });
}

/** The newest run of each job on the head is what its status tells; of two in one second, either. Aborted ones are not judged. */
function missingStatuses({ head, statuses, merged }: PullFacts, jobs: readonly ProwJob[]): string[] {
  if (merged) return [];
  const ofHead = jobs.filter(({ spec }) => spec.type === "presubmit" && spec.refs?.pulls?.[0]?.sha === head);
  const created = ({ metadata }: ProwJob) => metadata.creationTimestamp ?? "";
  return [...Map.groupBy(ofHead, ({ spec }) => spec.job)].flatMap(([job, all]) => {
    const last = all.map(created).sort().at(-1);
    const states = new Set<string | undefined>(
      all.filter((run) => created(run) === last).map((run) => run.status.state),
    );
    const told = statuses.find(({ context }) => context === job)?.state;
    return states.has("aborted") || (told && states.has(told))
      ? []
      : [`status ${job} is ${told ?? "absent"}, its newest jobs are ${[...states]}`];
  });
}

/** Its commits are signed off: a status of hook's own says so. */
function unsigned({ head, statuses, merged }: PullFacts, told: readonly Told[]): string[] {
  const asked = told.some(
    (one) => one.acknowledged && startsTests(one) && one.payload.pull_request?.head.sha === head,
  );
  const signed = statuses.some(({ context, state }) => context === "dco" && state === "success");
  return asked && !signed && !merged ? ["status dco is absent"] : [];
}

function answersTo(
  { comments }: PullFacts,
  told: readonly Told[],
  bot: string,
): { lost: string[]; doubled: string[] } {
  const lost: string[] = [];
  const doubled: string[] = [];
  for (const one of told.filter(isRefused)) {
    const { id } = one.payload.comment!;
    const found = comments.filter(
      ({ login, body }) => login === bot && body.includes(`#issuecomment-${id})`),
    ).length;
    if (found === 0 && one.acknowledged) lost.push(`comment ${id} (${one.guid}) was not answered`);
    if (found > 1) doubled.push(`comment ${id} was answered ${found} times`);
  }
  return { lost, doubled };
}

/** Notices that are written anew in place of an older one. */
const STANDING: readonly [string, RegExp][] = [
  ["notice of approvals", /\[APPROVALNOTIFIER\]/],
  ["report of failed tests", /<!-- test report -->/],
];

const AFTER_PUSH = "New changes are detected.";

function doubledComments(pull: PullFacts, told: readonly Told[], { bot, ledger }: Facts): string[] {
  const own = pull.comments.filter(({ login }) => login === bot);
  const standing = STANDING.flatMap(([name, mark]) => {
    const count = own.filter(({ body }) => mark.test(body)).length;
    return count > 1 ? [`${count} comments with a ${name}`] : [];
  });
  const path = new RegExp(`/${pull.repo}/issues/${pull.number}/comments$`);
  const writes = writesOf(ledger, bot);
  const deleted = new Map(
    writes.flatMap(({ method, n, path: at }) =>
      method === "DELETE" ? [[at.split("/").at(-1), n] as const] : [],
    ),
  );
  const said = writes
    .filter(({ method, path: at }) => method === "POST" && path.test(at))
    .map(({ body, id, n }) => ({ body: (body as { body: string }).body, id: `${id}`, n }))
    .filter(({ body }) => !STANDING.some(([, mark]) => mark.test(body)));
  // Each push has such a comment, in the same words.
  const pushes = told.filter(
    ({ event, action }) => event === "pull_request" && action === "synchronize",
  ).length;
  const again = said.filter(({ body, n }, at) => {
    // Once somebody has seen the push it is taken back, and said anew when an older /lgtm comes again.
    const stands = (id: string) => !((deleted.get(id) ?? Number.POSITIVE_INFINITY) < n);
    const isAfterPush = body.startsWith(AFTER_PUSH);
    const earlier = said.slice(0, at).filter((one) => one.body === body && (!isAfterPush || stands(one.id)));
    return earlier.length >= (isAfterPush ? Math.max(1, pushes) : 1);
  });
  return [...standing, ...again.map(({ body }) => `written twice: ${body.slice(0, 80)}`)];
}

const writesOf = (ledger: readonly Recorded[], bot: string): (WriteEntry & { n: number })[] =>
  ledger.flatMap((entry) =>
    entry.kind === "write" && entry.who === bot && entry.status < 300 ? [entry] : [],
  );

/** One that names no run, since it has no page yet, may be that of each run. */
function doubledStatuses({ bot, jobs, ledger }: Facts): string[] {
  const last = new Map<string, { text: string; times: number }>();
  return writesOf(ledger, bot).flatMap(({ path, body }) => {
    const sha = /\/statuses\/(\w+)$/.exec(path)?.[1];
    if (!sha) return [];
    const { context, state, description, target_url } = body as Record<string, string>;
    const key = `${path} ${context}`;
    const text = JSON.stringify([state, description, target_url]);
    const known = last.get(key);
    const times = known?.text === text ? known.times + 1 : 1;
    last.set(key, { text, times });
    const runs = jobs.filter(({ spec }) => spec.job === context && spec.refs?.pulls?.[0]?.sha === sha).length;
    return times > (target_url ? 1 : Math.max(1, runs))
      ? [`status ${context} of ${sha.slice(0, 7)} was written twice: ${text}`]
      : [];
  });
}

function doubledMerges(ledger: readonly Recorded[]): string[] {
  const merges = ledger.flatMap((entry) =>
    entry.kind === "write" && entry.method === "PUT" && /\/merge$/.test(entry.path) && entry.status === 200
      ? [entry.path]
      : [],
  );
  return merges.filter((path, at) => merges.indexOf(path) < at).map((path) => `merged twice: ${path}`);
}

function doubledJobs({ jobs, pods }: Facts, told: readonly Told[]): string[] {
  const webhookOf = new Map(
    told.flatMap(({ guid, others }) => others.map((other) => [other, guid] as const)),
  );
  const caused = jobs.flatMap(({ metadata, spec }) => {
    const guid = metadata.labels?.[EVENT_GUID_LABEL];
    return guid ? [`${spec.job} of delivery ${webhookOf.get(guid) ?? guid}`] : [];
  });
  const byCause = Map.groupBy(caused, (cause) => cause);
  const twice = [...byCause].filter(([, all]) => all.length > 1).map(([cause]) => `two ProwJobs: ${cause}`);
  const twoPods = [...pods]
    .filter(([, uids]) => uids.size > 1)
    .map(([name]) => `two pods of ProwJob ${name}`);
  return [...twice, ...twoPods];
}

function unfinished({ jobs, pods }: Facts): string[] {
  return jobs.flatMap(({ metadata: { name = "" }, status }) => {
    if (!status.completionTime) return [`ProwJob ${name} has not ended: ${status.state}`];
    return status.state !== "aborted" && !pods.has(name)
      ? [`ProwJob ${name} is ${status.state} and never had a pod`]
      : [];
  });
}
