// Globs as config-updater's maps write them; outcomes are go-zglob's, v0.0.2.
import { expect, test } from "vitest";
import { zglobMatch } from "../../src/lib/zglob.ts";

test.each([
  ["config/prow/config.yaml", "config/prow/config.yaml", true],
  ["config/prow/config.yaml", "config/prow/config.yaml.bak", false],
  ["jobs/*.yaml", "jobs/a.yaml", true],
  ["jobs/*.yaml", "jobs/deep/a.yaml", false],
  ["jobs/**/*.yaml", "jobs/a.yaml", true],
  ["jobs/**/*.yaml", "jobs/very/deep/a.yaml", true],
  ["jobs/**/*.yaml", "other/jobs/a.yaml", false],
  ["jobs/**", "jobs/a.yaml", true],
  ["jobs/**", "jobs/deep/a.yaml", false],
  ["**/*.yaml", "a.yaml", true],
  ["jobs/*.{yaml,yml}", "jobs/a.yml", true],
  ["jobs/*.{yaml,yml}", "jobs/a.json", false],
  // Without a star a brace is a brace.
  ["jobs/a.{yaml,yml}", "jobs/a.yml", false],
  ["jobs/a.{yaml,yml}", "jobs/a.{yaml,yml}", true],
  ["./jobs/../jobs/*.yaml", "jobs/a.yaml", true],
  ["jobs/a+(b)|c.*", "jobs/a+(b)|c.yaml", true],
  ["jobs/a.b/*", "jobs/aXb/c", false],
  ["jobs/é*/ü☃", "jobs/és/ü☃", true],
  ["jobs/*/{}", "jobs/a/{}", false],
  ["jobs/*/{}", "jobs/a/}", true],
  ["jobs/*{ab", "jobs/xabab", true],
  // A path no longer than the directory before the first star is never below it.
  ["*", "a", false],
  ["*", "ab", true],
  ["[ab]*", "a1", false],
])("%s and %s: %s", (pattern, path, matches) => {
  expect(zglobMatch(pattern, path)).toBe(matches);
});
