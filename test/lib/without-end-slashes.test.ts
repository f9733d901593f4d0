// What an address or a path is without the slashes at its end.
import { describe, expect, test } from "vitest";
import { pathWithoutEndSlashes, withoutEndSlashes } from "../../src/lib/without-end-slashes.ts";

describe("slashes at the end", () => {
  test.each([
    ["https://host/api/", "https://host/api"],
    ["https://host/api///", "https://host/api"],
    ["https://host", "https://host"],
    ["gs://bucket/a//b/", "gs://bucket/a//b"],
    ["//", ""],
    ["", ""],
  ])("of the address %j go: %j", (address, bare) => {
    expect(withoutEndSlashes(address)).toBe(bare);
  });

  test.each([
    ["/etc/config/", "/etc/config"],
    ["jobs//", "jobs"],
    ["/", "/"],
    ["///", "/"],
    ["", ""],
  ])("of the path %j go, but for the root's: %j", (path, bare) => {
    expect(pathWithoutEndSlashes(path)).toBe(bare);
  });

  test("take no longer to look for where there are many amid the text", () => {
    const hostile = `${"/".repeat(300_000)}x`;
    const began = performance.now();
    expect(withoutEndSlashes(hostile)).toBe(hostile);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
