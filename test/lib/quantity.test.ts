import { describe, expect, it } from "vitest";
import { canonicalQuantity } from "../../src/lib/quantity.ts";

describe("Kubernetes quantities", () => {
  it.each([
    ["0.5", "500m"],
    ["1000m", "1"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["4000M", "4G"],
    ["100", "100"],
    ["2000", "2k"],
    ["1e3", "1e3"],
    ["1E", "1E"],
    ["0", "0"],
    ["500Ki", "500Ki"],
    ["-1500m", "-1500m"],
    [".25", "250m"],
    ["0.1Gi", "107374182400m"],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  it.each(["", "lots", "1GB", "1 Gi", "--1", "."])("%j is none", (text) => {
    expect(canonicalQuantity(text)).toBeUndefined();
  });
});
