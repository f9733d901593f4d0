// Prow's manifests start Cutwater: every flag of Prow's is there, with its default, or refused in plain words.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cherrypicker } from "../../../src/cmd/cherrypicker.ts";
import type { Command } from "../../../src/cmd/command.ts";
import { crier } from "../../../src/cmd/crier.ts";
import { deck } from "../../../src/cmd/deck.ts";
import { ghproxy } from "../../../src/cmd/ghproxy.ts";
import { hook } from "../../../src/cmd/hook.ts";
import { horologium } from "../../../src/cmd/horologium.ts";
import { needsRebase } from "../../../src/cmd/needs-rebase.ts";
import { plank } from "../../../src/cmd/plank.ts";
import { refresh } from "../../../src/cmd/refresh.ts";
import { sinker } from "../../../src/cmd/sinker.ts";
import { tide } from "../../../src/cmd/tide.ts";
import { refuseAbsent, withoutEffect } from "../../../src/cmd/wiring/prow-flags.ts";
import { parseDuration } from "../../../src/lib/duration.ts";
import { parseFlags } from "../../../src/lib/flags.ts";

const COMPONENTS: Record<string, Command> = {
  hook,
  "prow-controller-manager": plank,
  crier,
  tide,
  deck,
  sinker,
  horologium,
  ghproxy,
  cherrypicker,
  "needs-rebase": needsRebase,
  refresh,
};

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "fixtures", name), "utf8"));

/** From `-h` of Prow's binaries; those of the external plugins from their sources. */
const prowFlags = fixture("prow-flags.json") as Record<
  string,
  Record<string, { kind: string; default: unknown }>
>;

interface Manifest {
  file: string;
  component: string;
  args: string[];
}

/** From Prow's starter manifests and those of its integration tests. */
const manifests = fixture("prow-manifests.json") as Manifest[];

describe.each(Object.keys(COMPONENTS))("%s", (name) => {
  test("has every flag of Prow's, of the same kind and with the same default", () => {
    const { flags } = COMPONENTS[name]!;
    const ours = Object.keys(prowFlags[name]!).map((flag) => {
      const { kind, initial } = flags[flag] ?? { kind: "missing", initial: undefined };
      return [flag, { kind, default: kind === "duration" ? parseDuration(String(initial)) : initial }];
    });
    const prow = Object.entries(prowFlags[name]!).map(([flag, { kind, default: value }]) => [
      flag,
      { kind, default: kind === "duration" ? parseDuration(String(value)) : value },
    ]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(prow));
  });

  test("asks for nothing that is absent as long as no flag is given", () => {
    const { flags } = COMPONENTS[name]!;
    expect(() => refuseAbsent(flags, parseFlags(flags, []).values)).not.toThrow();
  });
});

test.each(manifests)("$file starts $component", ({ component, args }) => {
  const { flags } = COMPONENTS[component]!;
  const { values } = parseFlags(flags, args);
  expect(() => refuseAbsent(flags, values)).not.toThrow();
});

describe("what a flag asks for in vain", () => {
  test("is told only by components that need no jobs of repositories", () => {
    const given = new Set(["in-repo-config-cache-size", "moonraker-address"]);
    expect(withoutEffect(sinker.flags, given)).toContain("--in-repo-config-cache-size (this");
    for (const { flags } of [hook, tide])
      expect(withoutEffect(flags, given)).toBe(
        "--moonraker-address (jobs of repositories are read without Moonraker)",
      );
  });

  test("is told once, with the reason", () => {
    const argv = ["--gerrit-max-qps=2", "--pprof-port=1", "--profile-memory-usage"];
    const { given } = parseFlags(crier.flags, argv);
    const told = withoutEffect(crier.flags, given);
    expect(told).toContain("--pprof-port, --profile-memory-usage (Node is profiled with --inspect)");
    expect(told).toContain("--gerrit-max-qps (there is no Gerrit)");
    expect(withoutEffect(crier.flags, new Set(["dry-run", "github-workers"]))).toBeUndefined();
  });

  test.each([
    ["crier", "--gerrit-workers=1", "the Gerrit reporter"],
    ["crier", "--resultstore-workers=1", "the ResultStore reporter"],
    ["tide", "--provider=gerrit", "Gerrit"],
    ["hook", "--git-signing-key-path=/key", "signed commits"],
  ])("is refused when something would silently be missing: %s %s", (name, flag, what) => {
    const { flags } = COMPONENTS[name]!;
    const refuse = () => refuseAbsent(flags, parseFlags(flags, [flag]).values);
    expect(refuse).toThrow(flag);
    expect(refuse).toThrow(what);
    expect(refuse).toThrow("docs/from-prow.md");
  });

  test.each([
    ["tide", "--provider=github"],
    ["prow-controller-manager", "--tot-url="],
    ["prow-controller-manager", "--enable-controller=plank"],
    ["crier", "--gerrit-workers=0"],
  ])("%s %s asks for nothing", (name, flag) => {
    const { flags } = COMPONENTS[name]!;
    expect(() => refuseAbsent(flags, parseFlags(flags, [flag]).values)).not.toThrow();
  });
});
