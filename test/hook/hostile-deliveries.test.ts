// Signed, but nothing that GitHub would send: each is put aside, and says where it is wrong.
import { describe, expect, test } from "vitest";
import { normalise } from "../../src/hook/normalise.ts";
import { encodeDelivery } from "../../src/model/delivery.ts";
import { MalformedError } from "../../src/model/github-decode.ts";
import { namesOf } from "../../src/model/happening.ts";
import { comment, issue, pullRequest, repository } from "./payloads.ts";

const sender = { login: "bob", id: 3, type: "User" };
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const delivery = (event: string, body: string) => ({ guid: "g", event, headers: {}, body, receivedAt: "" });

describe("a payload", () => {
  const whole = { action: "created", issue, comment, repository, sender };
  test.each<[string, object, string]>([
    ["without a repository", { ...whole, repository: null }, "repository: expected an object, found nothing"],
    [
      "with a repository that is a text",
      { ...whole, repository: "x" },
      'repository: expected an object, found "x"',
    ],
    ["with a list for a comment", { ...whole, comment: [] }, "comment: expected an object, found a list"],
    ["with an object for a text", { ...whole, comment: { ...comment, body: {} } }, "comment.body"],
    ["with a text for a number", { ...whole, issue: { ...issue, number: "7" } }, "issue.number"],
    ["with half a number", { ...whole, issue: { ...issue, number: 7.5 } }, "issue.number"],
    ["with labels that are none", { ...whole, issue: { ...issue, labels: [null] } }, "labels"],
  ])("%s is malformed, and it is said where", (_, payload, where) => {
    const told = () => normalise(delivery("issue_comment", JSON.stringify(payload)));
    expect(told).toThrow(MalformedError);
    expect(told).toThrow(where);
  });

  test("with a number that is larger than all is malformed", () => {
    const body = JSON.stringify(whole).replace(/"number":7/g, '"number":1e999');
    expect(() => normalise(delivery("issue_comment", body))).toThrow(MalformedError);
  });

  test.each(["title", "body", "labels", "user"])(
    "with 10^5 lists in each other as %s is malformed",
    (field) => {
      const fields = {
        action: "opened",
        pull_request: { ...pullRequest, [field]: "DEEP" },
        repository,
        sender,
      };
      const body = JSON.stringify(fields).replace('"DEEP"', deep(100_000));
      expect(() => normalise(delivery("pull_request", body))).toThrow(MalformedError);
      expect(() => namesOf("pull_request", JSON.parse(body) as Record<string, unknown>)).not.toThrow();
      expect(() => encodeDelivery(delivery("pull_request", body))).not.toThrow();
    },
  );

  test("with a label whose name is nested as deep has a name for the rest", () => {
    const body = `{"action":"labeled","pull_request":{"number":7,"labels":[{"name":${deep(100_000)}}]}}`;
    const payload = { ...(JSON.parse(body) as Record<string, unknown>), repository };
    expect(namesOf("pull_request", payload)).toHaveLength(1);
  });

  test("does not reach into what all objects have", () => {
    const body = `{"__proto__":{"repository":${JSON.stringify(repository)}},"action":"created"}`;
    expect(() => normalise(delivery("issue_comment", body))).toThrow(MalformedError);
    expect(Object.hasOwn(Object.prototype, "repository")).toBe(false);
  });
});
