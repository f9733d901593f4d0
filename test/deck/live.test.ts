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

it("reads a log no faster than whoever follows it", async () => {
  let read = 0;
  const chunk = new TextEncoder().encode("ok 12345\n".repeat(7_000));
  const long = (signal?: AbortSignal) =>
    new ReadableStream<Uint8Array>({
      start: (controller) => signal?.addEventListener("abort", () => controller.close()),
      pull(controller) {
        read += 1;
        controller.enqueue(chunk);
      },
    });
  const ask = deck({ jobs: storeOf([running]), podLogs: { open: async (_, { signal }) => long(signal) } });
  const { body } = await ask("/live-log?prowjob=running");
  for (let turn = 0; turn < 50; turn++) await setImmediate();
  expect(read).toBeLessThan(5);
  const reader = body!.getReader();
  for (let turn = 0; turn < 100; turn++) await reader.read();
  expect(read).toBeGreaterThan(5);
  await reader.cancel();
});

it("shows a line without end in parts, and holds none of it back", async () => {
  let read = 0;
  const endlessLine = (signal?: AbortSignal) =>
    new ReadableStream<Uint8Array>({
      start: (controller) => signal?.addEventListener("abort", () => controller.close()),
      pull: (controller) => controller.enqueue(new TextEncoder().encode("x".repeat(60_000 + (read++ % 2)))),
    });
  const ask = deck({
    jobs: storeOf([running]),
    podLogs: { open: async (_, { signal }) => endlessLine(signal) },
  });
  const reader = (await ask("/live-log?prowjob=running")).body!.getReader();
  for (let part = 0; part < 4; part++) {
    await reader.read();
    expect(read).toBeLessThan(2 * part + 4);
  }
  await reader.cancel();
});

it("a whole log takes one of the same places, until it is read", async () => {
  const text = () => new Blob(["hello\n"]).stream();
  const ask = deck({ jobs: storeOf([running]), podLogs: { open: async () => text() } });
  const whole = () => ask("/log?job=unit&id=123");
  const answers = await Promise.all(Array.from({ length: 50 }, whole));
  expect((await whole()).status).toBe(503);
  expect((await ask("/live-log?prowjob=running")).status).toBe(503);
  expect(await answers[0]!.text()).toBe("hello\n");
  expect((await whole()).status).toBe(200);
  expect((await whole()).status).toBe(503);
  await answers[1]!.body!.cancel();
  expect((await whole()).status).toBe(200);
});

it("keeps two thousand pages up to date, and not one more", async () => {
  const jobs = storeOf([running]);
  const ask = deck({ jobs });
  const pages = await Promise.all(Array.from({ length: 2_000 }, () => ask("/job-events")));
  expect((await ask("/job-events")).status).toBe(503);
  jobs.change(running);
  const reader = pages[7]!.body!.getReader();
  await reader.read();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain("job-running");
  await reader.cancel();
  expect((await ask("/job-events")).status).toBe(200);
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
