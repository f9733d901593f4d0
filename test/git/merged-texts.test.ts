// Texts of a merge: from whichever source can tell, and only of files that are there.
import { expect, it } from "vitest";
import { mergedTexts } from "../../src/git/merged-texts.ts";
import type { MergedFiles, MergedTree, TreeFile } from "../../src/git/port.ts";
import { silent } from "../../src/lib/logger.ts";

const repo = { org: "acme", repo: "tool" };
const merge = { baseSHA: "base", heads: ["head"], method: "merge" } as const;
const file = (path: string, kind: TreeFile["kind"] = "file"): TreeFile => ({
  path,
  sha: `sha-${path}`,
  kind,
});

function source(answer: MergedTree | Error | undefined) {
  const asked: string[][] = [];
  const files: MergedFiles = {
    async list(_repo, _merge, entries) {
      asked.push([...entries]);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    texts: async (_repo, shas) => new Map(shas.map((sha) => [sha, `text of ${sha}`])),
  };
  return { asked, files };
}

const tree: MergedTree = {
  files: [file("OWNERS"), file("a/OWNERS"), file("a/b/c.txt"), file("a/link/OWNERS", "link")],
};
const paths = ["OWNERS", "a/OWNERS", "a/link/OWNERS", "gone/OWNERS"];
const texts = [
  ["OWNERS", "text of sha-OWNERS"],
  ["a/OWNERS", "text of sha-a/OWNERS"],
];

it("looks below the roots of the paths, and leaves out what is not there or is no file", async () => {
  const { asked, files } = source(tree);
  expect([...(await mergedTexts([files], silent)(repo, merge, paths))!]).toEqual(texts);
  expect(asked).toEqual([["OWNERS", "a", "gone"]]);
});

it("does not read what nobody would write, and gives no text for it", async () => {
  const { files } = source({ files: [{ ...file("OWNERS"), size: 90e6 }, file("a/OWNERS")] });
  const reading: string[] = [];
  const watched: MergedFiles = {
    ...files,
    texts: (place, shas) => {
      reading.push(...shas);
      return files.texts(place, shas);
    },
  };
  const found = await mergedTexts([watched], silent)(repo, merge, paths);
  expect([...found!]).toEqual([["OWNERS", "\0"], texts[1]]);
  expect(reading).toEqual(["sha-a/OWNERS"]);
});

it.each([undefined, new Error("no such commit")])("asks the next source when one says %s", async (answer) => {
  const both = [source(answer).files, source(tree).files];
  expect([...(await mergedTexts(both, silent)(repo, merge, paths))!]).toEqual(texts);
});

it("knows a conflict for what it is", async () => {
  const { files } = source({ conflict: "head" });
  const never = source(tree);
  expect(await mergedTexts([files, never.files], silent)(repo, merge, paths)).toBeUndefined();
  expect(never.asked).toEqual([]);
});

it("fails with what went wrong first, or says what is missing", async () => {
  const broken = [source(new Error("first")).files, source(new Error("second")).files];
  await expect(mergedTexts(broken, silent)(repo, merge, paths)).rejects.toThrow("first");
  await expect(mergedTexts([source(undefined).files], silent)(repo, merge, paths)).rejects.toThrow(
    "acme/tool: head has to be merged onto base, and there is no git",
  );
});
