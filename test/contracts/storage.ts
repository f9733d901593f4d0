// What every object storage must do, whichever adapter stands behind the port.
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { BlobStore } from "../../src/storage/port.ts";

/**
 * `root` is a URL ending in `/` under which the suite may write freely. `typeOfLarge` is for an emulator that forgets the
 * content type of what is sent in parts.
 */
export function storageContract(
  name: string,
  open: () => Promise<{ store: BlobStore; root: string }>,
  { typeOfLarge = "application/x-core" } = {},
): void {
  const text = async (store: BlobStore, url: string, range?: { start: number; end?: number }) =>
    (await buffer(await store.read(url, range))).toString();

  describe(`storage: ${name}`, () => {
    test("keeps content, content type and metadata", async () => {
      const { store, root } = await open();
      const url = `${root}keep/started.json`;
      await store.write(url, "{}", { contentType: "application/json", metadata: { link: "gs://a/b" } });
      expect(await text(store, url)).toBe("{}");
      expect(await store.stat(url)).toMatchObject({
        url,
        size: 2,
        contentType: "application/json",
        metadata: { link: "gs://a/b" },
        updated: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
    });

    test("takes bytes, streams and nothing at all", async () => {
      const { store, root } = await open();
      await store.write(`${root}kinds/bytes`, new Uint8Array([0, 255, 7]));
      await store.write(`${root}kinds/stream`, new Blob(["streamed"]).stream());
      await store.write(`${root}kinds/empty`, "");
      expect([...(await buffer(await store.read(`${root}kinds/bytes`)))]).toEqual([0, 255, 7]);
      expect(await text(store, `${root}kinds/stream`)).toBe("streamed");
      expect(await text(store, `${root}kinds/empty`)).toBe("");
    });

    test("overwrites as a whole, attributes included", async () => {
      const { store, root } = await open();
      const url = `${root}over/latest-build.txt`;
      await store.write(url, "a long first version", { metadata: { first: "yes" } });
      await store.write(url, "2", { contentType: "text/plain" });
      expect(await text(store, url)).toBe("2");
      expect((await store.stat(url))?.metadata ?? {}).toEqual({});
    });

    test("reads ranges with an exclusive end, and nothing beyond the end", async () => {
      const { store, root } = await open();
      const url = `${root}ranges/log.txt`;
      await store.write(url, "0123456789");
      expect(await text(store, url, { start: 2, end: 5 })).toBe("234");
      expect(await text(store, url, { start: 7 })).toBe("789");
      expect(await text(store, url, { start: 8, end: 100 })).toBe("89");
      expect(await text(store, url, { start: 10 })).toBe("");
      expect(await text(store, url, { start: 3, end: 3 })).toBe("");
    });

    test("gives compressed objects as stored", async () => {
      const { store, root } = await open();
      const url = `${root}gzip/build-log.txt`;
      const stored = gzipSync("a log");
      await store.write(url, stored, { contentType: "text/plain", contentEncoding: "gzip" });
      expect((await store.stat(url))?.contentEncoding).toBe("gzip");
      expect(await buffer(await store.read(url))).toEqual(stored);
    });

    test("tells what does not exist", async () => {
      const { store, root } = await open();
      expect(await store.stat(`${root}absent`)).toBeUndefined();
      await expect(store.read(`${root}absent`)).rejects.toMatchObject({ name: "StorageError", status: 404 });
      expect(await store.list(`${root}absent/`)).toEqual({ objects: [], prefixes: [] });
    });

    test("ifAbsent leaves an existing object alone", async () => {
      const { store, root } = await open();
      const url = `${root}once/finished.json`;
      await store.write(url, "first", { ifAbsent: true });
      await expect(store.write(url, "second", { ifAbsent: true })).rejects.toMatchObject({ status: 412 });
      expect(await text(store, url)).toBe("first");
    });

    test("ifAbsent holds for streams and for what is sent in parts", async () => {
      const { store, root } = await open();
      const large = Buffer.alloc(9 * 1024 * 1024, "first");
      const again = new Blob(["second"]).stream();
      await store.write(`${root}once/large`, large, { ifAbsent: true });
      await expect(store.write(`${root}once/large`, again, { ifAbsent: true })).rejects.toMatchObject({
        status: 412,
      });
      const other = Buffer.alloc(large.length, "other");
      await expect(store.write(`${root}once/large`, other, { ifAbsent: true })).rejects.toMatchObject({
        status: 412,
      });
      expect(await text(store, `${root}once/large`, { start: 0, end: 10 })).toBe("firstfirst");
    });

    test("of many who write what must be absent, one does", async () => {
      const { store, root } = await open();
      const url = `${root}once/raced`;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) => store.write(url, String(i), { ifAbsent: true })),
      );
      const winners = outcomes.flatMap(({ status }, i) => (status === "fulfilled" ? [String(i)] : []));
      expect(winners).toEqual([await text(store, url)]);
    });

    test.each(["bytes", "a stream"])(
      "takes %s larger than one request, whole, with attributes",
      async (kind) => {
        const { store, root } = await open();
        const url = `${root}large/${kind}`;
        const bytes = Buffer.alloc(20 * 1024 * 1024 + 7, "0123456789abcdef");
        const content = kind === "bytes" ? bytes : new Blob([bytes]).stream();
        await store.write(url, content, { contentType: "application/x-core", metadata: { of: "test" } });
        expect(await store.stat(url)).toMatchObject({
          ...{ size: bytes.length, contentType: typeOfLarge, metadata: { of: "test" } },
        });
        expect((await buffer(await store.read(url))).equals(bytes)).toBe(true);
        expect(await text(store, url, { start: bytes.length - 7 })).toBe(bytes.subarray(-7).toString());
      },
    );

    test("a stream that breaks off leaves what was there", async () => {
      const { store, root } = await open();
      await store.write(`${root}broken/there`, "before");
      for (const name of ["there", "new"]) {
        let sent = 0;
        const breaking = new ReadableStream<Uint8Array>({
          pull(controller) {
            if (sent++ < 3) controller.enqueue(new Uint8Array(100_000));
            else controller.error(new Error("the disk is gone"));
          },
        });
        await expect(store.write(`${root}broken/${name}`, breaking)).rejects.toThrow("the disk is gone");
      }
      expect(await text(store, `${root}broken/there`)).toBe("before");
      expect(await store.stat(`${root}broken/new`)).toBeUndefined();
    });

    test("lists one level, in order, page by page", async () => {
      const { store, root } = await open();
      for (const key of ["b.txt", "a.txt", "c/1.txt", "c/2.txt", "d/e/3.txt"]) {
        await store.write(`${root}tree/${key}`, key, { contentType: "text/plain" });
      }
      const { objects, prefixes } = await store.list(`${root}tree/`);
      expect(objects.map(({ url, size }) => [url, size])).toEqual([
        [`${root}tree/a.txt`, 5],
        [`${root}tree/b.txt`, 5],
      ]);
      expect(prefixes).toEqual([`${root}tree/c/`, `${root}tree/d/`]);

      const seen: string[] = [];
      let page: string | undefined;
      do {
        const found = await store.list(`${root}tree/`, { pageSize: 2, page });
        seen.push(...found.objects.map(({ url }) => url), ...found.prefixes);
        page = found.next;
      } while (page);
      expect(seen.sort()).toEqual(["a.txt", "b.txt", "c/", "d/"].map((key) => `${root}tree/${key}`));
    });

    test("gives an address for a while, or says that it has none", async () => {
      const { store, root } = await open();
      expect(await store.sign(`${root}signed/log.txt`, 60)).toSatisfy(
        (address?: string) => address === undefined || new URL(address).pathname.endsWith("signed/log.txt"),
      );
    });

    test("takes names with spaces, percent signs and letters beyond ASCII", async () => {
      const { store, root } = await open();
      const url = `${root}names/a b%23é #?.txt`;
      await store.write(url, "odd");
      expect(await text(store, url)).toBe("odd");
      expect((await store.list(`${root}names/`)).objects.map((object) => object.url)).toEqual([url]);
    });
  });
}
