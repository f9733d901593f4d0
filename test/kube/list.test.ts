// A list is read item by item, however its text is cut into pieces.
import { expect, test } from "vitest";
import { readList } from "../../src/kube/list.ts";

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size: number): Promise<{ head: unknown; items: unknown[] }> {
  const items: unknown[] = [];
  const head = await readList(pieces(text, size), "/pods", (item) => void items.push(item));
  return { head, items };
}

const ITEMS = [
  { metadata: { name: "a", labels: { items: "[{" } }, status: { notes: ['a "quoted" }', "back\\"] } },
  { metadata: { name: "ü🚢" }, items: [{ deep: [[]] }, {}] },
  {},
];
const LISTS = {
  "as typed kinds come": {
    kind: "PodList",
    apiVersion: "v1",
    metadata: { resourceVersion: "7" },
    items: ITEMS,
  },
  "as custom resources come": {
    ...{ apiVersion: "v1", items: ITEMS, kind: "PodList" },
    metadata: { continue: "next", resourceVersion: "7", remainingItemCount: 3 },
  },
  "an empty one": { kind: "PodList", items: [], metadata: { resourceVersion: "7" } },
};

test.each(Object.entries(LISTS))("%s, in pieces of any size", async (_, list) => {
  const { items, ...rest } = list;
  for (const text of [JSON.stringify(list), JSON.stringify(list, null, 2)])
    for (const size of [1, 2, 3, 7, 64, 10_000])
      expect(await read(text, size)).toEqual({ head: { ...rest, items: [] }, items });
});

test("without items, as Go writes an empty list", async () => {
  const text = '{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":null}';
  expect((await read(text, 5)).items).toEqual([]);
});

test.each([
  ["a list that ends too early", JSON.stringify(LISTS["as custom resources come"]).slice(0, -30)],
  ["one that ends within an item", JSON.stringify(LISTS["as custom resources come"]).slice(0, 60)],
  ["no JSON", "<html>{{{</html>"],
  ["something else", '{"kind":"Status","metadata":{}}'],
  ["nothing", ""],
])("%s is refused", async (_, text) => {
  await expect(read(text, 16)).rejects.toThrow(/GET \/pods: the answer is/);
});
