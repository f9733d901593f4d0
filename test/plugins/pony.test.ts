// /pony: several at once, by name.
import { expect, test } from "vitest";
import { pony } from "../../src/plugins/pony.ts";
import { BIG, endless, fakeWeb, SMALL } from "./web.ts";
import { type Options, world } from "./world.ts";

const SERVICE = "https://theponyapi.com/api/v1/pony/random?q=";
const found = (name: string) => ({
  pony: { representations: { full: `https://p/${name}-full.png`, small: `https://p/${name}.png` } },
});
const shown = (name: string) => `[![pony image](https://p/${name}.png)](https://p/${name}-full.png)\n`;
const NONE = "Couldn't find a pony matching given tag(s).";
const DOWN = "https://theponyapi.com appears to be down";

async function said(body: string, options: Options) {
  const issue = world(options).issue();
  const effects = await issue.world.play(pony, issue.comment("bob", body));
  expect(effects.length).toBeLessThan(2);
  const text = (effects[0] as { body?: string } | undefined)?.body;
  return text && /^@bob: (.*?)\n\n<details>/s.exec(text)?.[1];
}

const HERD = {
  [SERVICE]: found("any"),
  [`${SERVICE}Twilight+Sparkle`]: found("twilight"),
  [`${SERVICE}peach+hack`]: found("peach"),
  // As in Prow, a blank at the end of the line is asked for.
  [`${SERVICE}%0D`]: found("any"),
  [`${SERVICE}+`]: found("any"),
  "HEAD https://p/any.png": SMALL,
  "HEAD https://p/twilight.png": SMALL,
  "HEAD https://p/peach.png": SMALL,
};

test.each([
  ["/pony", ["any"]],
  ["/pony \r", ["any"]],
  ["/PONY   ", ["any"]],
  ["/pony Twilight Sparkle", ["twilight"]],
  ["/pony   Twilight Sparkle \r", ["twilight"]],
  ["/meow\n/pony\n/woof\n\nTesting :)", ["any"]],
  ["/pony peach hack \n/pony \n/pony Twilight Sparkle \n/pony \n", ["peach", "any", "twilight", "any"]],
  ["/pony peach hack\n/pony nobody", ["peach"]],
])("%j shows %j", async (body, ponies) => {
  expect(await said(body, fakeWeb(HERD))).toBe(ponies.map(shown).join(""));
});

test("no more than five", async () => {
  const { asked, web } = fakeWeb(HERD);
  const body = "/pony\n".repeat(7);
  expect(await said(body, { web })).toBe(shown("any").repeat(5));
  expect(asked.filter((url) => url === SERVICE)).toHaveLength(5);
});

test.each([
  ["down", new Error("ECONNREFUSED")],
  ["without such a one", 404],
  ["not JSON", "{"],
  ["endless", endless()],
  ["odd", { pony: [] }],
  ["without pictures", { pony: { representations: {} } }],
  ["showing too big a one", found("big")],
  ["linking to nowhere", { pony: { representations: { small: "https://p/any.png", full: null } } }],
])("a service that is %s is asked five times for each", async (_how, answer) => {
  const some = { "HEAD https://p/any.png": SMALL, "HEAD https://p/big.png": BIG };
  const first = fakeWeb({ ...some, [SERVICE]: answer });
  expect(await said("/pony", first)).toBe(DOWN);
  expect(first.asked.filter((url) => url === SERVICE)).toHaveLength(5);
  const named = fakeWeb({ ...some, [`${SERVICE}x`]: answer });
  expect(await said("/pony x", named)).toBe(NONE);
});

test.each(["did you know that /pony makes ponies happen?", "/ponytail", "/woof\n/meow", " /pony"])(
  "%j is no command",
  async (body) => {
    expect(await said(body, fakeWeb(HERD))).toBeUndefined();
  },
);

test.each(["edited", "deleted"] as const)("nothing when %s", async (action) => {
  const pr = world(fakeWeb(HERD)).pr();
  expect(await pr.world.play(pony, pr.comment("bob", "/pony", { action }))).toEqual([]);
});
