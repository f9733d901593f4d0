// Brings events to hooks: signed, in order per hook, once, with a log of every delivery. A failure is recorded and not retried, as at GitHub.
import { createHmac } from "node:crypto";
import type { SQLOutputValue } from "node:sqlite";
import { covers } from "./access.ts";
import { makeOlder, older } from "./age.ts";
import type { Delivery } from "./present/app.ts";
import type { App, Hook, Installation, Repo } from "./records.ts";
import { fullName, uuid, type World } from "./world.ts";

export interface Announcement {
  event: string;
  action?: string;
  repo?: Repo;
  /** For events of an organization without a repository. */
  org?: string;
  payload: Record<string, unknown>;
  /** Only these: a ping goes to its own hook, installation events to their own App. */
  only?: Hook | App;
}

interface Target {
  key: string;
  url: string;
  secret: string | undefined;
  type: string;
  installation: Installation | undefined;
  headers: Record<string, string>;
}

const TIMEOUT_MS = 10_000;
/** Older deliveries are forgotten, so that a demo left running does not fill the disk; with a ledger, which has all of them, none. */
const KEPT = 5000;
const MOST_REPLY = 4096;

export class Webhooks {
  readonly #world: World;
  readonly #turns = new Map<string, Promise<void>>();
  #underWay = 0;
  #closed = false;

  constructor(world: World) {
    this.#world = world;
    world.store.database.exec(
      "CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY, target TEXT, pending INTEGER, row TEXT)",
    );
    world.store.database.exec("CREATE INDEX IF NOT EXISTS deliveries_target ON deliveries (target, id)");
  }

  /** Sends what an earlier process had accepted and not yet sent. */
  resume(): void {
    const rows = this.#world.store.database.prepare("SELECT * FROM deliveries WHERE pending = 1 ORDER BY id");
    for (const found of rows.all()) this.#send(parse(found));
  }

  send(announcement: Announcement): void {
    for (const target of this.#targets(announcement)) {
      const { event, action, repo } = announcement;
      const { installation } = target;
      const lite =
        installation && event !== "installation" ? { installation: lightInstallation(installation) } : {};
      const payload = JSON.stringify({ ...(action ? { action } : {}), ...announcement.payload, ...lite });
      this.#queue(target, { event, action: action ?? null, repository_id: repo?.id ?? null, payload });
    }
  }

  #targets({ event, repo, org, only }: Announcement): Target[] {
    const { store } = this.#world;
    const scopes = only ? [] : repo ? [fullName(repo), repo.owner] : org ? [org] : [];
    const hooks = scopes
      .flatMap((scope) => store.hooks.in(scope.toLowerCase()))
      .filter((hook) => hook.active && (hook.events.includes(event) || hook.events.includes("*")));
    if (only && "config" in only) hooks.push(only);
    const installations = store.installations.all().filter((installation) => {
      const app = store.apps.get(String(installation.app));
      if (!app?.hook_url || (only && only !== app)) return false;
      const account = (repo?.owner ?? org ?? "").toLowerCase();
      if (event === "installation") return installation.account.toLowerCase() === account;
      return (
        app.events.includes(event) &&
        (repo ? covers(installation, repo) : installation.account.toLowerCase() === account)
      );
    });
    return [...hooks.map((hook) => this.#hookTarget(hook)), ...installations.map((i) => this.#appTarget(i))];
  }

  #hookTarget(hook: Hook): Target {
    const kind = hook.scope.includes("/") ? "repository" : "organization";
    return {
      key: `hook:${hook.id}`,
      url: hook.config.url,
      secret: hook.config.secret,
      type: hook.config.content_type,
      installation: undefined,
      headers: { "X-GitHub-Hook-ID": String(hook.id), "X-GitHub-Hook-Installation-Target-Type": kind },
    };
  }

  #appTarget(installation: Installation): Target {
    const app = this.#world.store.apps.get(String(installation.app)) as App;
    return {
      key: `app:${app.id}`,
      url: app.hook_url ?? "",
      secret: app.webhook_secret,
      type: "json",
      installation,
      headers: {
        "X-GitHub-Hook-ID": String(app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-GitHub-Hook-Installation-Target-ID": String(app.id),
      },
    };
  }

  #queue(target: Target, what: Pick<Delivery, "event" | "action" | "repository_id" | "payload">): void {
    const guid = uuid(this.#world);
    this.#send({
      ...what,
      id: this.#world.store.nextId(),
      guid,
      target: target.key,
      url: target.url,
      delivered_at: "",
      redelivery: false,
      duration: 0,
      status: "pending",
      status_code: 0,
      installation_id: target.installation?.id ?? null,
      request_headers: headersFor(target, what.event, guid, encode(target.type, what.payload)),
      response_headers: {},
      response_body: "",
    });
  }

  #send(delivery: Delivery): void {
    this.#save(delivery, true);
    this.#underWay += 1;
    const turn = this.#turns.get(delivery.target) ?? Promise.resolve();
    const mine = turn
      .then(() => this.#post(delivery))
      .finally(() => {
        this.#underWay -= 1;
      });
    this.#turns.set(delivery.target, mine);
  }

  async #post(delivery: Delivery): Promise<void> {
    if (this.#closed) return;
    const { clock, log } = this.#world;
    const from = clock.now();
    try {
      const form = delivery.request_headers["Content-Type"] === FORM;
      const response = await fetch(delivery.url, {
        method: "POST",
        headers: delivery.request_headers,
        body: encode(form ? "form" : "json", delivery.payload),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: "manual",
      });
      delivery.response_body = (await response.text()).slice(0, MOST_REPLY);
      delivery.response_headers = Object.fromEntries(response.headers);
      delivery.status_code = response.status;
      delivery.status = response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`;
    } catch (error) {
      delivery.status =
        error instanceof Error && error.name === "TimeoutError" ? "timed out" : "failed to connect to host";
      delivery.status_code = 502;
      log.warn(
        { url: delivery.url, event: delivery.event, guid: delivery.guid },
        "webhook could not be delivered",
      );
    }
    if (this.#closed) return;
    const now = clock.now();
    delivery.delivered_at = now.toISOString();
    delivery.duration = Math.round((now.getTime() - from.getTime()) / 10) / 100;
    this.#save(delivery, false);
    const { guid, target, event, action, redelivery, status_code: status, payload } = delivery;
    this.#world.ledger.note(now, {
      kind: "delivery",
      guid,
      target,
      event,
      action,
      redelivery,
      status,
      payload,
    });
  }

  /** What was delivered was so earlier. */
  age(ms: number): void {
    const { database } = this.#world.store;
    for (const found of database.prepare("SELECT * FROM deliveries WHERE pending = 0").all()) {
      const delivery = parse(found);
      this.#save({ ...delivery, ...this.#older(delivery, ms) }, false);
    }
  }

  /** What it tells of happened earlier, too, and is signed so when it is sent again. */
  #older({ delivered_at, event, guid, installation_id, payload: text, target: key }: Delivery, ms: number) {
    const { store } = this.#world;
    const told: unknown = JSON.parse(text);
    makeOlder(told, ms);
    const payload = JSON.stringify(told);
    const hook = store.hooks.all().find(({ id }) => key === `hook:${id}`);
    const installation =
      installation_id === null ? undefined : store.installations.get(String(installation_id));
    const target = hook ? this.#hookTarget(hook) : installation && this.#appTarget(installation);
    return {
      delivered_at: older(delivered_at, ms),
      ...(target && {
        payload,
        request_headers: headersFor(target, event, guid, encode(target.type, payload)),
      }),
    };
  }

  #save(delivery: Delivery, pending: boolean): void {
    const { ledger, store } = this.#world;
    const { database } = store;
    database
      .prepare("INSERT OR REPLACE INTO deliveries (id, target, pending, row) VALUES (?, ?, ?, ?)")
      .run(delivery.id, delivery.target, pending ? 1 : 0, JSON.stringify(delivery));
    if (pending && delivery.id % 100 === 0 && !ledger.on) {
      const oldest = "SELECT id FROM deliveries ORDER BY id DESC LIMIT 1 OFFSET ?";
      database.prepare(`DELETE FROM deliveries WHERE id <= (${oldest})`).run(KEPT);
    }
  }

  /** Newest first, those with an id below `before`. `codes`: from and to, of the answers. */
  deliveries(target: string, before: number, codes: [number, number], limit: number): Delivery[] {
    const rows = this.#world.store.database.prepare(
      "SELECT row FROM deliveries WHERE target = ? AND pending = 0 AND id < ? AND json_extract(row, '$.status_code') BETWEEN ? AND ? ORDER BY id DESC LIMIT ?",
    );
    return rows.all(target, before, ...codes, limit).map(parse);
  }

  delivery(target: string, id: number): Delivery | undefined {
    const row = this.#world.store.database.prepare("SELECT row FROM deliveries WHERE id = ? AND target = ?");
    const found = row.get(id, target);
    return found && parse(found);
  }

  /** The same event with the same GUID once more. */
  redeliver(delivery: Delivery): void {
    this.#send({ ...delivery, id: this.#world.store.nextId(), redelivery: true, status: "pending" });
  }

  get idle(): boolean {
    return this.#underWay === 0;
  }

  /** Deliveries that were not sent yet stay in the store, for the next start. */
  close(): void {
    this.#closed = true;
  }
}

const parse = (row: Record<string, SQLOutputValue>): Delivery => JSON.parse(String(row["row"])) as Delivery;

const lightInstallation = (installation: Installation) => ({
  id: installation.id,
  node_id: Buffer.from(`IntegrationInstallation:${installation.id}`).toString("base64url"),
});

const FORM = "application/x-www-form-urlencoded";
const encode = (type: string, payload: string): string =>
  type === "form" ? new URLSearchParams({ payload }).toString() : payload;

function headersFor(target: Target, event: string, guid: string, body: string): Record<string, string> {
  const signature = (algorithm: string) =>
    `${algorithm}=${createHmac(algorithm, target.secret ?? "")
      .update(body)
      .digest("hex")}`;
  return {
    Accept: "*/*",
    "Content-Type": target.type === "form" ? FORM : "application/json",
    "User-Agent": "GitHub-Hookshot/cutwater",
    "X-GitHub-Delivery": guid,
    "X-GitHub-Event": event,
    ...target.headers,
    ...(target.secret
      ? { "X-Hub-Signature": signature("sha1"), "X-Hub-Signature-256": signature("sha256") }
      : {}),
  };
}
