// /honk: the goose, and what is said when there is none.
import { expect, test } from "vitest";
import { goose } from "../../src/plugins/goose.ts";
import { BIG, endless, fakeWeb, SMALL } from "./web.ts";
import { type Options, world } from "./world.ts";

const SERVICE = "https://api.unsplash.com/photos/random?query=goose";
const PICTURE = "https://images/goose?w=400&fit=max";
const FOUND = { id: "x", urls: { raw: "https://images/raw", small: PICTURE } };
const SHOWN = `@bob: \n![goose image](${PICTURE})\n\n<details>`;

async function said(body: string, options: Options) {
  const pr = world(options).pr();
  const [effect] = await pr.world.play(goose, pr.comment("bob", body));
  return (effect as { body?: string } | undefined)?.body;
}

test.each(["/honk", "/honk \r", "/HONK", "oh\n/honk"])("%j", async (body) => {
  const { asked, web } = fakeWeb({ [SERVICE]: FOUND, [`HEAD ${PICTURE}`]: SMALL });
  expect((await said(body, { web }))?.startsWith(SHOWN)).toBe(true);
  expect(asked).toEqual([SERVICE, `HEAD ${PICTURE}`]);
});

test("with a key", async () => {
  const { web } = fakeWeb({ [`${SERVICE}&client_id=a%2Bb`]: FOUND, [`HEAD ${PICTURE}`]: SMALL });
  const options = { plugins: { goose: { key_path: "/k" } }, local: { "/k": "a+b\n" } };
  expect((await said("/honk", { ...options, web }))?.startsWith(SHOWN)).toBe(true);
});

test.each([
  ["down", new Error("ECONNREFUSED")],
  ["forbidden", 403],
  ["not JSON", "oops"],
  ["endless", endless()],
  ["without pictures", {}],
  ["odd", { urls: ["https://images/x"] }],
  ["without a small one", { urls: { raw: "https://images/raw" } }],
  ["showing too big a one", { urls: { small: "https://images/big" } }],
])("a service that is %s is asked three times", async (_how, answer) => {
  const { asked, web } = fakeWeb({ [SERVICE]: answer, "HEAD https://images/big": BIG });
  expect(await said("/honk", { web })).toMatch(
    /^@bob: Unable to find goose\. Have you checked the garden\?\n\n<details>/,
  );
  expect(asked.filter((url) => url === SERVICE)).toHaveLength(3);
});

test.each(["honk", "/honk loudly", " /honk", "/honks"])("%j is no command", async (body) => {
  expect(await said(body, fakeWeb({}))).toBeUndefined();
});

test.each(["edited", "deleted"] as const)("nothing when %s", async (action) => {
  const pr = world(fakeWeb({})).pr();
  expect(await pr.world.play(goose, pr.comment("bob", "/honk", { action }))).toEqual([]);
});
