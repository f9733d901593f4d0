// /joke: what a joke looks like, and what becomes of bad ones.
import { expect, test } from "vitest";
import { yuks } from "../../src/plugins/yuks.ts";
import { endless, fakeWeb } from "./web.ts";
import { type Options, world } from "./world.ts";

const SERVICE = "https://icanhazdadjoke.com";

async function said(body: string, options: Options) {
  const issue = world(options).pr();
  const [effect] = await issue.world.play(yuks, issue.comment("bob", body));
  const text = (effect as { body?: string } | undefined)?.body;
  return text && /^@bob: (.*?)\n\n<details>/s.exec(text)?.[1];
}

test.each([
  ["this? that.", "this? that."],
  ["[hello](url)", "&#91;hello&#93;&#40;url&#41;"],
  [
    "I made a <b>bold</b> move today: **move**",
    "I made a &#60;b&#62;bold&#60;&#47;b&#62; move today&#58; &#42;&#42;move&#42;&#42;",
  ],
  ["⎈", "&#9096;"],
  ["🦆", "&#129414;"],
  ["<img src=404 onerror=alert('k8s')>", "&#60;img src&#61;404 onerror&#61;alert&#40;'k8s'&#41;&#62;"],
  ["longcat is\n\n\nlong", "longcat is&#10;&#10;&#10;long"],
  ["/lgtm\r@alice", "&#47;lgtm&#13;&#64;alice"],
])("%j is told as %j", async (joke, told) => {
  for (const body of ["/joke", "/joke \r", "/Joke", "one\n/joke"])
    expect(await said(body, fakeWeb({ [SERVICE]: { joke } }))).toBe(told);
});

test.each([
  ["down", new Error("ECONNREFUSED")],
  ["failing", 503],
  ["not JSON", "ha"],
  ["endless", endless()],
  ["silent", { joke: "" }],
  ["out of jokes", {}],
  ["joking in numbers", { joke: 7 }],
])("a service that is %s is asked five times, and nothing is said", async (_how, answer) => {
  const { asked, web } = fakeWeb({ [SERVICE]: answer });
  expect(await said("/joke", { web })).toBeUndefined();
  expect(asked).toHaveLength(5);
});

test.each(["joke", "/joke please", " /joke", "/jokes"])("%j is no command", async (body) => {
  expect(await said(body, fakeWeb({ [SERVICE]: { joke: "x" } }))).toBeUndefined();
});

test.each(["edited", "deleted"] as const)("nothing when %s", async (action) => {
  const pr = world(fakeWeb({ [SERVICE]: { joke: "x" } })).pr();
  expect(await pr.world.play(yuks, pr.comment("bob", "/joke", { action }))).toEqual([]);
});
