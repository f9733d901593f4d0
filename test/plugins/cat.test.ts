// /meow: which cat is asked for, and what is said when there is none.
import { expect, test } from "vitest";
import { cat } from "../../src/plugins/cat.ts";
import { BIG, endless, fakeWeb, SMALL } from "./web.ts";
import { type Options, world } from "./world.ts";

const SERVICE = "https://api.thecatapi.com/v1/images/search?format=json&results_per_page=1";
const GRUMPY = "https://upload.wikimedia.org/wikipedia/commons/e/ee/Grumpy_Cat_by_Gage_Skidmore.jpg";
const PICTURE = "https://cats/a.jpg";
const SHOWN = `![cat image](${PICTURE})`;
const DOWN = "https://thecatapi.com appears to be down";
const BAD = "Bad category. Please see https://api.thecatapi.com/api/categories/list";

async function said(body: string, options: Options) {
  const issue = world(options).issue({ state: "closed" });
  const effects = await issue.world.play(cat, issue.comment("bob", body));
  expect(effects.length).toBeLessThan(2);
  const text = (effects[0] as { body?: string } | undefined)?.body;
  return text && /^@bob: (.*)\n\n<details>\n\nIn response to \[this\]/s.exec(text)?.[1];
}

test.each([
  ["/meow", ""],
  ["/meow \r", ""],
  ["/MEOW", ""],
  ["nice\n/meow\n/meow clothes", ""],
  ["/meow clothes", "&category=clothes"],
  ["/meow  two words \r", "&category=two+words"],
  ["/meow a&api_key=b#c", "&category=a%26api_key%3Db%23c"],
  ["/meowvie", "&mime_types=gif"],
  ["/meowvie space", "&category=space&mime_types=gif"],
])("%j asks with %j", async (body, query) => {
  const { asked, web } = fakeWeb({
    [SERVICE + query]: [{ id: "x", url: PICTURE }],
    [`HEAD ${PICTURE}`]: SMALL,
  });
  expect(await said(body, { web })).toBe(SHOWN);
  expect(asked).toEqual([SERVICE + query, `HEAD ${PICTURE}`]);
});

test.each(["no", "No", "grumpy \r"])("/meow %s shows the one", async (category) => {
  const { asked, web } = fakeWeb({ [`HEAD ${GRUMPY}`]: SMALL });
  expect(await said(`/meow ${category}`, { web })).toBe(`![cat image](${GRUMPY})`);
  expect(asked).toEqual([`HEAD ${GRUMPY}`]);
});

test("the key goes along, wherever it has been put; without it the cats are fewer", async () => {
  const plugins = { cat: { key_path: "/etc/cat/key" } };
  const keyed = fakeWeb({
    [`${SERVICE}&category=hats&api_key=k%26y&mime_types=gif`]: [{ url: PICTURE }],
    [`HEAD ${PICTURE}`]: SMALL,
  });
  const local = { "/etc/cat/key": " k&y\n" };
  expect(await said("/meowvie hats", { plugins, local, web: keyed.web })).toBe(SHOWN);
  const { web } = fakeWeb({ [SERVICE]: [{ url: PICTURE }], [`HEAD ${PICTURE}`]: SMALL });
  expect(await said("/meow", { plugins, web })).toBe(SHOWN);
});

test.each([
  ["down", new Error("ECONNREFUSED")],
  ["failing", 406],
  ["without cats", []],
  ["without a picture", [{}]],
  ["not JSON", "<!DOCTYPE HTML>"],
  ["endless", endless()],
  ["telling of what is no address", [{ url: "http://still a bad url" }]],
  ["telling of a picture that is too big", [{ url: "https://cats/big.jpg" }]],
  ["telling of a picture that is missing", [{ url: "https://cats/gone.jpg" }]],
])("a service that is %s is asked three times, and then that is said", async (_how, answer) => {
  const answers = { "HEAD https://cats/big.jpg": BIG, "HEAD https://cats/gone.jpg": 404 };
  const first = fakeWeb({ ...answers, [SERVICE]: answer });
  expect(await said("/meow", { web: first.web })).toBe(DOWN);
  expect(first.asked.filter((url) => url === SERVICE)).toHaveLength(3);
  const { web } = fakeWeb({ ...answers, [`${SERVICE}&category=x`]: answer });
  expect(await said("/meow x", { web })).toBe(BAD);
});

test("the next attempt may work out", async () => {
  const tries = [502, [{ url: PICTURE }]];
  const { web } = fakeWeb({ [SERVICE]: () => tries.shift()!, [`HEAD ${PICTURE}`]: SMALL });
  expect(await said("/meow", { web })).toBe(SHOWN);
});

test.each(["meow", " /meow", "> /meow", "/meows", "/meow-vie", "/woof"])("%j is no command", async (body) => {
  const { asked, web } = fakeWeb({});
  expect(await said(body, { web })).toBeUndefined();
  expect(asked).toEqual([]);
});

test.each(["edited", "deleted"] as const)("nothing when %s", async (action) => {
  const pr = world(fakeWeb({})).pr();
  expect(await pr.world.play(cat, pr.comment("bob", "/meow", { action }))).toEqual([]);
});
