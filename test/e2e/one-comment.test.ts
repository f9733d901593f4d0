// A pull request's whole life with `comments: single`, from outside: welcomed, refused, failed, mended, approved, merged.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseOneComment } from "../../src/github/one-comment/document.ts";
import { type LocalMode, startLocalMode, until } from "./local-mode.ts";

const PORT = 26080;
let local: LocalMode;

beforeAll(async () => {
  local = await startLocalMode(PORT);
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(local.data, "config", file);
    writeFileSync(path, change(readFileSync(path, "utf8")));
  };
  edit("config.yaml", (text) => `${text}\ngithub_reporter: { comments: { harbour: single } }\n`);
  edit("plugins.yaml", (text) =>
    text.replace("review_acts_as_lgtm", "store_tree_hash: true\n    review_acts_as_lgtm"),
  );
  await local.stop();
  local = await startLocalMode(PORT, local.data);
}, 120_000);
afterAll(async () => {
  await local.end();
});

test("one comment has it all, and in the end what still holds", async () => {
  const { ada, grace, sam } = local.people;
  const at = { branch: "force", fromFork: true, path: "src/beaufort.js" };
  const bug = (text: string) => text.replace("return { force, name", "return { force: force + 1, name");
  const pull = await sam.openPull({ title: "Force", ...at, edit: bug });
  const { number } = pull;
  const ofBot = async () => (await grace.comments(number)).filter(({ user }) => user.login.endsWith("[bot]"));
  /** Texts of the parts of the one comment. */
  const said = async (): Promise<string[]> => {
    const all = await ofBot();
    expect(all.length).toBeLessThanOrEqual(2); // two for a moment, when it is posted anew
    return parseOneComment(all.at(-1)?.body ?? "")?.parts.map(({ body }) => body) ?? [];
  };
  const says = (words: string | RegExp, isThere = true) =>
    until(
      async () =>
        (await said()).some((body) =>
          typeof words === "string" ? body.includes(words) : words.test(body),
        ) === isThere,
      `${isThere ? "" : "no more "}${words}`,
    );

  await says("Hi @sam. Thanks for your PR.");
  await says("This PR is **NOT APPROVED**");
  await sam.comment(number, "/test all");
  await says("Cannot trigger testing until a trusted user reviews the PR");
  await ada.comment(number, "/ok-to-test");
  await says("<!-- test report -->");
  await sam.comment(number, "/lgtm");
  await says("you cannot LGTM your own PR.");
  await grace.comment(number, "/test nonsense");
  await says("The specified target(s) for `/test` were not found.");
  await sam.push(pull, {
    message: "Mend",
    ...at,
    edit: (text) => text.replace("force + 1, name", "force, name: name"),
  });
  await sam.push(pull, {
    message: "Mend it well",
    ...at,
    edit: (text) =>
      `// Force 0 is calm.\n${text.replace("force, name: name", "force, name")}`.replace(
        "return { force: force,",
        "return { force,",
      ),
  });
  await says("<!-- test report -->", false);
  await grace.comment(number, "/lgtm");
  await says(/^LGTM label has been added. {2}<details>Git tree hash: [0-9a-f]{40}<\/details>$/);
  await ada.comment(number, "/approve");
  await says("This PR is **APPROVED**");
  await until(async () => (await grace.pull(number)).merged, "the merge");

  const end = await said();
  const holds = [
    "Hi @sam. Thanks for your PR.",
    "Cannot trigger testing until a trusted user reviews the PR",
    "you cannot LGTM your own PR.",
    "Git tree hash: ",
    "This PR is **APPROVED**",
  ];
  for (const words of holds) expect(end.filter((body) => body.includes(words))).toHaveLength(1);
  for (const words of ["**NOT APPROVED**", "<!-- test report -->"])
    expect(end.filter((body) => body.includes(words))).toEqual([]);
  expect(await ofBot()).toHaveLength(1);
}, 120_000);
