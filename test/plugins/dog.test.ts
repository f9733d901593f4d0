// /woof and the famous dog.
import { expect, test } from "vitest";
import { dog } from "../../src/plugins/dog.ts";
import { BIG, endless, fakeWeb, SMALL } from "./web.ts";
import { type Options, world } from "./world.ts";

const SERVICE = "https://random.dog/woof.json";
const FINE = "https://storage.googleapis.com/this-is-fine-images/";
const PICTURE = "https://random.dog/a.JPG";
const shown = (url: string) => `[![dog image](${url})](${url})`;

async function said(body: string, options: Options) {
  const issue = world(options).issue();
  const [effect] = await issue.world.play(dog, issue.comment("bob", body));
  const text = (effect as { body?: string } | undefined)?.body;
  return text && /^@bob: (.*)\n\n<details>/.exec(text)?.[1];
}

test.each(["/woof", "/woof \r", "/bark", "/BARK \r", "x\n/this-is-fine\n/woof"])("%j", async (body) => {
  const { asked, web } = fakeWeb({ [SERVICE]: { url: PICTURE }, [`HEAD ${PICTURE}`]: SMALL });
  expect(await said(body, { web })).toBe(shown(PICTURE));
  expect(asked).toEqual([SERVICE, `HEAD ${PICTURE}`]);
});

test.each([
  ["/this-is-fine", "this_is_fine.png"],
  ["/this-is-not-fine \r", "this_is_not_fine.png"],
  ["/This-Is-Unbearable", "this_is_unbearable.jpg"],
  ["/this-is-unbearable\n/this-is-not-fine", "this_is_not_fine.png"],
])("%j shows %s", async (body, name) => {
  const { asked, web } = fakeWeb({ [`HEAD ${FINE}${name}`]: SMALL });
  expect(await said(body, { web })).toBe(shown(FINE + name));
  expect(asked).toEqual([`HEAD ${FINE}${name}`]);
});

test("videos and pictures that are too big are passed over", async () => {
  const dogs = ["https://random.dog/v.mp4", "https://random.dog/big.png", "https://random.dog/x.gif"];
  const { web } = fakeWeb({
    [SERVICE]: () => ({ url: dogs.shift()! }),
    "HEAD https://random.dog/big.png": BIG,
    "HEAD https://random.dog/x.gif": SMALL,
  });
  expect(await said("/woof", { web })).toBe(shown("https://random.dog/x.gif"));
});

test.each([
  ["down", new Error("ECONNREFUSED")],
  ["failing", 500],
  ["not JSON", '{"bad-blob": "not-a-url"'],
  ["endless", endless()],
  ["telling of nothing", {}],
  ["telling of what is no address", { url: "not a url.jpg" }],
  ["showing videos alone", { url: "https://random.dog/doggo.mp4" }],
])("a service that is %s is asked five times, and nothing is said", async (_how, answer) => {
  const { asked, web } = fakeWeb({ [SERVICE]: answer });
  expect(await said("/woof", { web })).toBeUndefined();
  expect(asked).toEqual(Array.from({ length: 5 }, () => SERVICE));
});

test.each(["woof", "/woofer", " /woof", "/woof woof", "/this-is", "/meow"])(
  "%j is no command",
  async (body) => {
    expect(await said(body, fakeWeb({}))).toBeUndefined();
  },
);

test.each(["edited", "deleted"] as const)("nothing when %s", async (action) => {
  const pr = world(fakeWeb({})).pr();
  expect(await pr.world.play(dog, pr.comment("bob", "/woof", { action }))).toEqual([]);
});
