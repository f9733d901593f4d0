// Logs that are followed: each costs a connection to a cluster, so there is an end to them.
import { expect, it } from "vitest";
import { deck, prowJob, storeOf } from "./deck.ts";

const running = prowJob({ name: "running", status: { state: "pending" } });

const endless = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("hello\n")) });

it("follows fifty logs, and another when somebody leaves", async () => {
  const ask = deck({ jobs: storeOf([running]), podLogs: { open: async () => endless() } });
  const leaving = new AbortController();
  const follow = (signal?: AbortSignal) => ask("/live-log?prowjob=running", signal ? { signal } : {});
  const readers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => follow(n ? undefined : leaving.signal)),
  );
  expect(readers.map(({ status }) => status)).toEqual(readers.map(() => 200));
  expect((await follow()).status).toBe(503);

  leaving.abort();
  expect((await follow()).status).toBe(200);
  expect((await follow()).status).toBe(503);
  await readers[1]!.body!.cancel();
  expect((await follow()).status).toBe(200);
});

it("a log that is over is not one that is followed for ever", async () => {
  const ask = deck({ jobs: storeOf([]) });
  for (let n = 0; n < 60; n++) {
    const answer = await ask("/live-log?prowjob=gone");
    expect(answer.status).toBe(200);
    await answer.body!.cancel();
  }
});
