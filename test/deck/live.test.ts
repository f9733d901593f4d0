// Logs that are followed: each costs a connection to a cluster, so there is an end to them.
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { deck, prowJob, storeOf } from "./deck.ts";

const running = prowJob({ name: "running", status: { state: "pending" } });

const endless = (signal?: AbortSignal): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("hello\n"));
      signal?.addEventListener("abort", () => controller.close());
    },
  });

it("follows fifty logs, and another when somebody leaves", async () => {
  const ask = deck({ jobs: storeOf([running]), podLogs: { open: async (_, { signal }) => endless(signal) } });
  const leaving = new AbortController();
  const follow = (signal?: AbortSignal) => ask("/live-log?prowjob=running", signal ? { signal } : {});
  const readers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => follow(n ? undefined : leaving.signal)),
  );
  expect(readers.map(({ status }) => status)).toEqual(readers.map(() => 200));
  expect((await follow()).status).toBe(503);

  leaving.abort();
  await setImmediate();
  expect((await follow()).status).toBe(200);
  expect((await follow()).status).toBe(503);
  await readers[1]!.body!.cancel();
  await setImmediate();
  expect((await follow()).status).toBe(200);
});

it("a log that is over, or only asked about, is not followed", async () => {
  const over = prowJob({
    name: "over",
    status: { state: "success", completionTime: "2026-11-23T11:59:30Z" },
  });
  const jobs = storeOf([running, over]);
  const ask = deck({ jobs, podLogs: { open: async (_, { signal }) => endless(signal) } });
  for (let n = 0; n < 60; n++) {
    expect(await (await ask("/live-log?prowjob=gone")).text()).toContain("event: end");
    expect(await (await ask("/live-log?prowjob=over")).text()).toContain("event: end");
    expect((await ask("/live-log?prowjob=running", { method: "HEAD" })).status).toBe(405);
  }
  expect((await ask("/live-log?prowjob=running")).status).toBe(200);
});
