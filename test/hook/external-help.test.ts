// External plugins are asked for their help, each for itself, and nobody waits for one that does not answer.
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { pluginsConfig } from "../../src/config/plugins-config.ts";
import { externalHelps } from "../../src/hook/external-help.ts";
import { silent } from "../../src/lib/logger.ts";
import { declarations } from "../../src/plugins/index.ts";
import { httpServer } from "../lib/http-server.ts";

interface Asked {
  url: string | undefined;
  body: unknown;
}

/** What a plugin at an address answers, by its path. */
async function helpOf(
  answers: Record<string, (response: ServerResponse) => void>,
  external: (base: string) => Record<string, { name: string; endpoint?: string; events?: string[] }[]>,
) {
  const asked: Asked[] = [];
  const server = await httpServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
    request.on("end", () => {
      asked.push({ url: `${request.method} ${request.url}`, body: JSON.parse(text) });
      answers[request.url ?? ""]?.(response);
    });
  });
  const base = server.url;
  try {
    const config = pluginsConfig({ external_plugins: external(base), sections: {} });
    const expanded = new Map([
      ["acme", ["acme/tool", "acme/app"]],
      ["x/y", ["x/y"]],
    ]);
    const help = externalHelps({ declared: declarations, web: fetch, log: silent });
    return { help: await help(config, expanded), asked };
  } finally {
    server.close();
  }
}

const json = (value: unknown) => (response: ServerResponse) => void response.end(JSON.stringify(value));

test("they are told where they are enabled, and what they say is shown", async () => {
  const theirs = {
    Description: "Theirs.",
    Config: { "x/y": "on", odd: 1 },
    Events: ["ignored"],
    Commands: [{ Usage: "/x", Featured: true, Description: "d", Examples: ["/x"], WhoCanUse: "all" }, "odd"],
    Snippet: "a: b",
  };
  const { help, asked } = await helpOf({ "/in/help": json(theirs) }, (base) => ({
    acme: [{ name: "theirs", endpoint: `${base}/in`, events: ["push"] }],
    "x/y": [{ name: "theirs", endpoint: `${base}/in/`, events: ["issues"] }],
  }));
  expect(asked).toEqual([
    {
      url: "POST /in/help",
      body: [
        { Org: "acme", Repo: "tool" },
        { Org: "acme", Repo: "app" },
        { Org: "x", Repo: "y" },
      ],
    },
  ]);
  expect(help).toEqual({
    theirs: {
      ...theirs,
      Config: { "x/y": "on", odd: "" },
      Events: ["issues"],
      Commands: [theirs.Commands[0]],
    },
  });
});

test("one that fails, or says nothing sensible, or nothing at all, is left out; Prow's own are known", async () => {
  const { help } = await helpOf(
    {
      "/good/help": json({ Description: "Good." }),
      "/error/help": (response) => void response.writeHead(500).end("no"),
      "/page/help": (response) => void response.end("<html>"),
      "/list/help": json([1]),
      "/silent/help": () => {},
    },
    (base) => ({
      acme: ["good", "error", "page", "list", "silent", "refresh"].map((name) => ({
        name,
        endpoint: `${base}/${name}`,
      })),
      "x/y": [
        { name: "gone", endpoint: "http://127.0.0.1:1" },
        { name: "bad", endpoint: "http://[" },
      ],
    }),
  );
  expect(Object.keys(help)).toEqual(["good", "refresh"]);
  expect(help["good"]).toEqual({ Description: "Good.", Config: null, Events: null, Commands: null });
  expect(help["refresh"]).toMatchObject({ Commands: [{ Usage: "/refresh" }], Events: null });
});
