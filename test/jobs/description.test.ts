import { describe, expect, it } from "vitest";
import { baseSHAOf, isSkipRetest, statusDescription } from "../../src/jobs/description.ts";

const SHA = "8d287a3aeae90fd0aef4a70009c715712ff302cd";

describe("the description of a status", () => {
  it("carries the base SHA, padded, in at most 140 bytes", () => {
    const text = statusDescription("Job succeeded.", SHA);
    expect(text.startsWith("Job succeeded.\u2001")).toBe(true);
    expect(text.endsWith(` BaseSHA:${SHA}`)).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(140);
    expect(baseSHAOf(text)).toBe(SHA);
  });

  it.each(["", "a", "x".repeat(89), "x".repeat(90), "x".repeat(91), "long ".repeat(60)])(
    "gives the SHA back for %j",
    (text) => {
      const description = statusDescription(text, SHA);
      expect(baseSHAOf(description)).toBe(SHA);
      expect(Buffer.byteLength(description)).toBeLessThanOrEqual(140);
    },
  );

  it("shortens a long text in its middle", () => {
    const text = statusDescription(`${"a".repeat(100)}${"b".repeat(100)}`);
    expect(text).toBe(`${"a".repeat(67)} ... ${"b".repeat(67)}`);
  });

  it("finds no SHA where none is, and the old spelling where it is", () => {
    expect(baseSHAOf("Job failed.")).toBeUndefined();
    expect(baseSHAOf("Job. BaseSHA:abc")).toBeUndefined();
    expect(baseSHAOf(`Job. Basesha:${SHA}`)).toBe(SHA);
  });

  it("knows the sentinel", () => {
    expect(isSkipRetest("ok [prow:skip-retest]")).toBe(true);
  });
});
