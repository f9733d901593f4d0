// Lets time have passed: everything that happened so far did so earlier. Nobody's clock is touched, so nobody waits.
import { isRecord } from "../../lib/schema.ts";
import { timestamp } from "../../lib/timestamp.ts";
import { Table } from "./store.ts";
import type { World } from "./world.ts";

/** What ends in the future is left: a client remembers by its own clock until when a token is good. */
const MOMENT = /^(?!expires_).*(_at|^at)$|^timestamp$/;

export function age({ store, webhooks }: World, ms: number): void {
  for (const table of Object.values(store)) {
    if (!(table instanceof Table)) continue;
    const rows = table as Table<unknown>;
    for (const row of rows.all()) {
      makeOlder(row, ms);
      rows.put(row);
    }
  }
  webhooks.age(ms);
}

export function older(moment: string, ms: number): string {
  const date = new Date(Date.parse(moment) - ms);
  return moment.includes(".") ? date.toISOString() : timestamp(date);
}

/** In place: others hold the same row. */
export function makeOlder(value: unknown, ms: number): void {
  if (Array.isArray(value)) for (const item of value) makeOlder(item, ms);
  if (!isRecord(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner !== "string") makeOlder(inner, ms);
    else if (MOMENT.test(key) && !Number.isNaN(Date.parse(inner))) value[key] = older(inner, ms);
  }
}
