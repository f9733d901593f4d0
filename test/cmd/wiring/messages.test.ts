// The files of Slack's tokens, by workspace.
import { expect, test } from "vitest";
import { slackTokenFiles } from "../../../src/cmd/wiring/messages.ts";

const flags = (file: string, more: string[] = []) => ({
  "slack-token-file": file,
  "additional-slack-token-files": more,
});

test("each workspace has its file; the one without a name is *", () => {
  const files = slackTokenFiles(flags("/t", ["foo=/etc/foo=1", "bar=/b"]));
  expect([...files].map(([host, { path }]) => [host, path])).toEqual([
    ["*", "/t"],
    ["foo", "/etc/foo=1"],
    ["bar", "/b"],
  ]);
});

test.each([
  [flags(""), "one of --slack-token-file or --additional-slack-token-files must be set"],
  [flags("", ["foo"]), "foo not in the form of host=token-path"],
  [flags("/t", ["a=/1", "a=/2"]), "duplicate host: a"],
])("%j is refused: %s", (given, message) => {
  expect(() => slackTokenFiles(given)).toThrow(message);
});
