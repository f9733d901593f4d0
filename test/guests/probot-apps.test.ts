// Probot apps as their authors wrote them, in hook, against GitHub's API and webhooks.
import { expect, it } from "vitest";
import { commit, lib } from "../local/github/world.ts";
import { withGuests } from "./world.ts";

it("an app of Probot's documentation answers, as our App", () =>
  withGuests(
    { external: { acme: [{ name: "autoresponder", probot: "./autoresponder.js" }] } },
    async ({ github, settled, comments, said }) => {
      await github.as("bob").rest.issues.create({ ...lib, title: "Help", body: "" });
      await settled();
      expect(await comments(1)).toEqual(["Thanks for opening this issue!"]);
      const { data } = await github.as("alice").rest.issues.listComments({ ...lib, issue_number: 1 });
      expect(data[0]?.user?.login).toBe("cutwater[bot]");
      expect(said).toContainEqual(
        expect.objectContaining({ level: "info", message: "Yay, the app was loaded!" }),
      );
    },
  ));

it("a compiled app with routes gets its configuration from the repository, or else from the organisation's", () =>
  withGuests(
    { external: { "acme/lib": [{ name: "greeter", probot: "./greeter.cjs", events: ["issue_comment"] }] } },
    async ({ github, settled, comments, said }) => {
      const alice = github.as("alice");
      const { data: issue } = await alice.rest.issues.create({ ...lib, title: "Help" });
      const say = async (body: string) => {
        await github.as("bob").rest.issues.createComment({ ...lib, issue_number: issue.number, body });
        await settled();
      };
      await say("one");
      await commit(
        alice,
        { owner: "acme", repo: ".github" },
        "main",
        ".github/greeter.yml",
        "greeting: Ahoy\n",
      );
      await say("two");
      await commit(alice, lib, "main", ".github/greeter.yml", "greeting: Servus\n");
      await say("three");
      const greetings = (await comments(issue.number)).filter((body) => body.endsWith("!"));
      expect(greetings).toEqual(["Hello, bob!", "Ahoy, bob!", "Servus, bob!"]);
      expect(said.filter(({ message }) => message.startsWith("Routes of this app"))).toHaveLength(1);
    },
  ));

it("an app of several files pages, labels, closes, and asks in GraphQL", () =>
  withGuests(
    { external: { acme: [{ name: "stale", probot: "./stale" }] } },
    async ({ github, settled, comments }) => {
      const alice = github.as("alice");
      await commit(alice, lib, "main", ".github/stale.yml", "unmarkComment: Not stale any more\n");
      await settled();
      for (const title of ["a", "b", "c", "d", "e"]) await alice.rest.issues.create({ ...lib, title });
      await settled();
      await commit(alice, lib, "main", "x.txt", "x");
      await settled();
      const open = async () => (await alice.rest.issues.listForRepo({ ...lib, state: "open" })).data;
      expect(
        (await open()).map(({ labels }) => labels.map((label) => (label as { name: string }).name)),
      ).toEqual(Array.from({ length: 5 }, () => ["wontfix"]));
      await github.as("bob").rest.issues.createComment({ ...lib, issue_number: 3, body: "I need it" });
      await settled();
      expect(await comments(3)).toEqual(["I need it", "Not stale any more (c)"]);
      await commit(alice, lib, "main", "x.txt", "y");
      await settled();
      expect((await open()).map(({ number }) => number)).toEqual([3]);
    },
  ));

it("an app has the repository of the delivery and nothing of ours", () =>
  withGuests(
    { external: { "acme/lib": [{ name: "spy", probot: "./spy.js", env: ["GREETING"] }] } },
    async ({ github, settled, comments }) => {
      const file = `${github.directory}/github.sqlite`;
      await github.as("bob").rest.issues.create({ ...lib, title: "Look around", body: file });
      await settled();
      expect(JSON.parse((await comments(1))[0] ?? "")).toEqual({
        env: ["GREETING", "PATH"],
        secret: null,
        parent: "ERR_ACCESS_DENIED",
        file: "ERR_ACCESS_DENIED",
        program: "ERR_ACCESS_DENIED",
        write: 403,
        climb: 404,
        read: 404,
        app: 403,
        out: 200,
        token: "ghs_",
      });
    },
  ));

it("an app beside a token is held to its repository too, and is not given the token", () =>
  withGuests(
    { external: { "acme/lib": [{ name: "spy", probot: "./spy.js" }] }, token: "alice-token" },
    async ({ github, settled, comments }) => {
      await github.as("bob").rest.issues.create({ ...lib, title: "Look around", body: "/etc/hostname" });
      await settled();
      expect(JSON.parse((await comments(1))[0] ?? "")).toMatchObject({
        write: 403,
        climb: 403,
        read: 403,
        out: 200,
        token: expect.stringMatching(/^a to$|cannot be narrowed/),
      });
    },
  ));
