// What updating ConfigMaps promises on any API server; the second cluster of a test is one that is down.
import { describe, expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import type { GitHub } from "../../src/github/port.ts";
import { connect } from "../../src/kube/client.ts";
import type { Clusters, Kube } from "../../src/kube/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import {
  CONFIG_MAP,
  type ConfigMap,
  type ConfigMapUpdate,
  configMapBytes,
} from "../../src/model/config-map.ts";
import type { ConfigMapsEffect } from "../../src/model/effect.ts";

const issue = { org: "acme", repo: "lib", number: 1 };
const BINARY = Buffer.from("\x00\xff", "latin1").toString("base64");

function update(name: string, keys: ConfigMapUpdate["keys"], cluster = "default"): ConfigMapUpdate {
  return { cluster, namespace: "default", name, keys, told: `\`${name}\` at \`${cluster}\`:\n - key` };
}

const effect = (...updates: ConfigMapUpdate[]): ConfigMapsEffect => ({
  do: "updateConfigMaps",
  issue,
  updates,
  reply: "@alice: {updated}\n\n>{updated}",
});

/** The server needs the namespace `default`; names are the suite's own. */
export function configMapsSuite(name: string, open: () => Promise<Kube>): void {
  async function start(write: Partial<Kube["write"]> = {}) {
    const kube = await open();
    const home = { ...kube, write: { ...kube.write, ...write } };
    const down = connect({ server: "http://127.0.0.1:1" });
    const named: Record<string, Kube> = { build: kube, down };
    const clusters: Clusters = { home, build: (alias) => named[alias], aliases: () => ["default"] };
    const comments: string[] = [];
    const github = {
      read: {
        botLogin: async () => "robot",
        comments: async () =>
          comments.map((body) => ({ body: body.replaceAll("\n", "\r\n"), user: { login: "robot" } })),
      },
      write: { createComment: async (_: unknown, body: string) => void comments.push(body) },
    } as unknown as GitHub;
    const sizes: [string, number][] = [];
    const apply = applier({
      clusters,
      github,
      clock: systemClock,
      log: silent,
      onConfigMap: (map) => void sizes.push([map.metadata.name, configMapBytes(map)]),
    });
    const get = (called: string) => kube.read.get(CONFIG_MAP, "default", called);
    return { apply, comments, sizes, get, kube };
  }

  const existing = (called: string, more: Partial<ConfigMap>): ConfigMap => ({
    ...more,
    metadata: { name: called, namespace: "default", ...more.metadata },
  });

  describe(`ConfigMaps on ${name}`, () => {
    it("are made when they are absent, with Prow's labels", async () => {
      const { apply, comments, sizes, get } = await start();
      const keys = [
        { key: "VERSION", content: "abc" },
        { key: "a.yaml", content: "é" },
        { key: "b.bin", content: { base64: BINARY } },
        { key: "gone", content: null },
        { key: "constructor", content: "p" },
      ];
      await apply([effect(update("made", keys))]);
      expect(await get("made")).toMatchObject({
        metadata: {
          labels: {
            "app.kubernetes.io/name": "prow",
            "app.kubernetes.io/component": "updateconfig-plugin",
          },
        },
        data: Object.fromEntries([
          ["VERSION", "abc"],
          ["a.yaml", "é"],
          ["constructor", "p"],
        ]),
        binaryData: { "b.bin": BINARY },
      });
      expect(sizes).toEqual([["made", 3 + 2 + 2 + 1]]);
      expect(comments).toEqual(["@alice: Updated the `made` at `default`:\n - key\n\n>{updated}"]);
    });

    it("keep other keys and their own labels; text becomes binary and back, keys go", async () => {
      const { apply, get, kube } = await start();
      await kube.write.create(
        CONFIG_MAP,
        existing("kept", {
          metadata: { name: "kept", labels: { mine: "yes" } },
          data: { other: "o", text: "t", gone: "g" },
          binaryData: { binary: BINARY, goneToo: BINARY },
        }),
      );
      await apply([
        effect(
          update("kept", [
            { key: "text", content: { base64: BINARY } },
            { key: "binary", content: "t" },
            { key: "gone", content: null },
            { key: "goneToo", content: null },
            { key: "never", content: null },
          ]),
        ),
      ]);
      const { metadata, data, binaryData } = (await get("kept"))!;
      expect({ labels: metadata.labels, data, binaryData }).toEqual({
        labels: { mine: "yes" },
        data: { other: "o", binary: "t" },
        binaryData: { text: BINARY },
      });
    });

    it("are left as they are the second time, and told of once", async () => {
      const { apply, comments, get } = await start();
      const twice = effect(update("twice", [{ key: "k", content: "v" }]));
      await apply([twice]);
      const first = await get("twice");
      await apply([twice]);
      expect((await get("twice"))?.metadata.resourceVersion).toBe(first?.metadata.resourceVersion);
      expect(comments).toHaveLength(1);
    });

    it("do not lose what somebody else writes meanwhile", async () => {
      const { kube } = await start();
      await kube.write.create(CONFIG_MAP, existing("busy", { data: { a: "1" } }));
      let looks = 0;
      const { apply, get } = await start({
        async patch(kind, namespace, called, patch, options) {
          if (looks++ === 0) await kube.write.patch(kind, namespace, called, { data: { theirs: "t" } });
          return kube.write.patch(kind, namespace, called, patch, options);
        },
      });
      await apply([effect(update("busy", [{ key: "a", content: "2" }]))]);
      expect((await get("busy"))?.data).toEqual({ a: "2", theirs: "t" });
      expect(looks).toBe(2);
    });

    it("are updated in every cluster that can be, and only those are told of", async () => {
      const { apply, comments, get } = await start();
      const keys = [{ key: "k", content: "v" }];
      const all = effect(
        update("one", keys, "down"),
        update("one", keys, "unknown"),
        update("one", [{ key: "no/key", content: "v" }], "default"),
        update("two", keys, "default"),
        update("three", keys, "build"),
      );
      await expect(apply([all])).rejects.toThrow(
        /no k8s client is found for build cluster: 'unknown'[^;]*; .*default\/one at cluster default: .*invalid|invalid.*default\/one/is,
      );
      expect(await get("one")).toBeUndefined();
      expect((await get("two"))?.data).toEqual({ k: "v" });
      expect((await get("three"))?.data).toEqual({ k: "v" });
      expect(comments).toEqual([
        "@alice: Updated the following 2 configmaps:\n * `two` at `default`:\n - key\n * `three` at `build`:\n - key\n\n\n>{updated}",
      ]);
    });

    it("that fail at first are told of when they are done", async () => {
      let down = true;
      const { kube } = await start();
      const { apply, comments } = await start({
        async create(kind, object) {
          if (down && object.metadata.name === "late") throw new Error("down");
          return kube.write.create(kind, object);
        },
      });
      const keys = [{ key: "k", content: "v" }];
      const both = effect(update("early", keys), update("late", keys));
      await expect(apply([both])).rejects.toThrow("default/late at cluster default: down");
      down = false;
      await apply([both]);
      expect(comments.map((body) => body.split("\n")[0])).toEqual([
        "@alice: Updated the `early` at `default`:",
        "@alice: Updated the `late` at `default`:",
      ]);
    });
  });
}
