import { expect, test } from "vitest";
import { isOwnHost } from "../../src/local/own-host.ts";

test.each([
  ["127.0.0.1:8081", "127.0.0.1", true],
  ["localhost:8081", "127.0.0.1", true],
  ["[::1]:8081", "::1", true],
  ["evil.example:8081", "127.0.0.1", false],
  ["127.0.0.1.evil.example:8081", "127.0.0.1", false],
  [undefined, "127.0.0.1", false],
  ["tunnel.example", "127.0.0.1", true],
  ["anything.example", "0.0.0.0", true],
])("a request for %s to a server on %s", (header, listening, own) => {
  expect(isOwnHost(header, listening, "https://tunnel.example")).toBe(own);
});
