// Kept answers are bounded: by number, by size, and by time.
import { expect, it } from "vitest";
import { type Answers, type AnswersOptions, answers } from "../../src/github/answers.ts";
import { manualClock } from "../lib/manual-clock.ts";

function counted(more: Partial<AnswersOptions> = {}) {
  const clock = manualClock();
  const kept: Answers = answers({ clock, forMs: 1000, maxEntries: 100, maxCharacters: 1000, ...more });
  let asked = 0;
  const ask = async (key: string, text = key) => {
    asked = 0;
    await kept.get(key, async () => {
      asked++;
      return [text];
    });
    return asked === 0 ? "kept" : "asked";
  };
  return { clock, kept, ask };
}

it("the least recently used one goes when there are too many", async () => {
  const { ask } = counted({ maxEntries: 2 });
  await ask("a");
  await ask("b");
  expect(await ask("a")).toBe("kept");
  await ask("c");
  expect(await ask("a")).toBe("kept");
  expect(await ask("b")).toBe("asked");
});

it("the least recently used ones go when they are too large together", async () => {
  const { ask } = counted();
  for (const key of ["a", "b", "c", "d", "e", "f"]) await ask(key, "x".repeat(200));
  expect(await ask("f")).toBe("kept");
  expect(await ask("a")).toBe("asked");
});

it("one that is too large by itself is not kept, and pushes nothing out", async () => {
  const { ask } = counted();
  await ask("small");
  await ask("large", "x".repeat(900));
  expect(await ask("small")).toBe("kept");
  expect(await ask("large")).toBe("asked");
});

it("one that has grown by news counts with its new size", async () => {
  const { ask, kept } = counted();
  await ask("a");
  kept.change<string[]>("a", (known) => [...known, "x".repeat(900)]);
  expect(await ask("a")).toBe("asked");
});

it("time counts from the question, not from the answer", async () => {
  const { clock, kept } = counted();
  const slow = Promise.withResolvers<string>();
  const first = kept.get("a", () => slow.promise);
  await clock.advance(900);
  slow.resolve("old");
  expect(await first).toBe("old");
  expect(kept.has("a")).toBe(true);
  await clock.advance(100);
  expect(await kept.get("a", async () => "new")).toBe("new");
});

it("what is forgotten while it is under way does not come back, nor drive out what was asked since", async () => {
  const { kept } = counted();
  const slow = Promise.withResolvers<string>();
  const first = kept.get("a", () => slow.promise);
  kept.forget("a");
  expect(await kept.get("a", async () => "new")).toBe("new");
  slow.resolve("old");
  expect(await first).toBe("old");
  expect(await kept.get("a", async () => "newer")).toBe("new");
});
