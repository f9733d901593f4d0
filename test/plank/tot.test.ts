// Build ids from tot over HTTP: asked again while it is in trouble, given up in plain words.
import { expect, test } from "vitest";
import { buildIdsFromTot } from "../../src/plank/tot.ts";

function tot(answers: (string | number)[]) {
  const asked: string[] = [];
  const pauses: number[] = [];
  const web = (async (url: URL) => {
    asked.push(String(url));
    const answer = answers.shift() ?? 503;
    return typeof answer === "number" ? new Response("", { status: answer }) : new Response(answer);
  }) as typeof fetch;
  const clock = { sleep: async (ms: number) => void pauses.push(ms) };
  return { asked, pauses, deps: { web, clock, signal: new AbortController().signal } };
}

test.each([
  ["http://tot", "unit", "http://tot/vend/unit"],
  ["http://tot:8888/base/", "unit", "http://tot:8888/base/vend/unit"],
  ["http://tot", "a/../b c", "http://tot/vend/a%2F..%2Fb%20c"],
])("%s numbers %s", async (url, job, address) => {
  const { asked, deps } = tot(["7\n"]);
  expect(await buildIdsFromTot(url, deps)(job)).toBe("7");
  expect(asked).toEqual([address]);
});

test("it is asked again while it is in trouble", async () => {
  const { pauses, deps } = tot([500, "", "8"]);
  expect(await buildIdsFromTot("http://tot", deps)("unit")).toBe("8");
  expect(pauses).toEqual([100, 200]);
});

test("after ten tries the reason is told", async () => {
  const { asked, pauses, deps } = tot([]);
  await expect(buildIdsFromTot("http://tot", deps)("unit")).rejects.toThrow(
    "no build ID from tot for job unit: GET http://tot/vend/unit: got unexpected response from tot: 503",
  );
  expect(asked).toHaveLength(10);
  expect(pauses.at(-1)).toBe(25_600);
});
