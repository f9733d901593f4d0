// Which warnings run, where their findings are, and how they are printed.
import { expect, test } from "vitest";
import { type Entry, printed } from "../../src/checkconfig/output.ts";
import { positionOf } from "../../src/checkconfig/places.ts";
import { chosen, warningNames } from "../../src/checkconfig/warnings.ts";

const none = { warnings: [], excluded: [], expensive: false, includeDefaults: false };
const names = (choice: Partial<Parameters<typeof chosen>[0]>) =>
  chosen({ ...none, ...choice }).map(({ name }) => name);

test("the names are Prow's, and five of ours", () => {
  expect(warningNames().length).toBe(29);
  expect(names({})).toContain("mismatched-tide");
  expect(names({})).not.toContain("unknown-fields-all");
  expect(names({ warnings: ["validate-urls"] })).toEqual(["validate-urls", "allowed-presubmit-trigger"]);
  expect(names({ warnings: ["validate-urls"], includeDefaults: true })).toContain("missing-trigger");
  expect(names({ excluded: ["mismatched-tide"] })).toContain("mismatched-tide-lenient");
  expect(names({})).not.toContain("mismatched-tide-lenient");
  expect(names({ warnings: ["unknown-fields", "unknown-fields-all"] })).not.toContain("unknown-fields");
  expect(names({ expensive: true })).toContain("verify-owners-presence");
  expect(names({ warnings: ["validate-urls"], also: ["validate-label"] })).toContain("validate-label");
});

const file = (path: string, text: string) => ({ path, text });
const sources = {
  config: file("config.yaml", "tide:\n  queries:\n  - repos: [o/r]\n"),
  jobs: [
    file("a.yaml", "postsubmits:\n  o/r:\n  - name: same\n"),
    file("c.yaml", "periodics: [{interval: 1h, name: a}, {name: flow, cron: x}]"),
    file("b.yaml", "presubmits:\n  'o/r':\n  - always_run: true\n    name: \"same\" # here\n"),
  ],
  plugins: file("plugins.yaml", "# lgtm\nplugins:\n  o:\n    plugins:\n    - lgtm\n"),
};

test.each([
  [{ job: "same", kind: "presubmit", repo: "o/r" } as const, "b.yaml:4:12"],
  [{ job: "same", kind: "postsubmit", repo: "o/r" } as const, "a.yaml:3:11"],
  [{ job: "flow", kind: "periodic" } as const, "c.yaml:1:45"],
  [{ job: "absent", kind: "periodic" } as const, undefined],
  [{ in: "config", keys: ["tide", "queries"] } as const, "config.yaml:2:3"],
  [{ in: "plugins", keys: ["plugins", "o", "lgtm"] } as const, "plugins.yaml:5:7"],
  [{ in: "plugins", keys: ["plugins", "nobody"] } as const, "plugins.yaml:2:1"],
])("%j is at %s", (place, expected) => {
  const at = positionOf(place, sources);
  expect(at && `${at.file}:${at.line}:${at.column}`).toBe(expected);
});

const entry: Entry = {
  level: "warning",
  warning: "long-job-names",
  message: "50% too long\nreally",
  hint: "shorten it",
  places: [{ file: "/repo/jobs/a,b.yaml", line: 3, column: 5 }],
};

test("as text, annotations and JSON", () => {
  expect(printed([entry], "text", "/repo")).toEqual([
    "/repo/jobs/a,b.yaml:3:5: warning: 50% too long\nreally (shorten it) [long-job-names]",
  ]);
  expect(printed([entry], "github", "/repo")).toEqual([
    "::warning file=jobs/a%2Cb.yaml,line=3,col=5,title=long-job-names::50%25 too long%0Areally (shorten it)",
  ]);
  expect(printed([{ ...entry, places: [] }], "github", "/repo")).toEqual([
    "::warning title=long-job-names::50%25 too long%0Areally (shorten it)",
  ]);
  expect(JSON.parse(printed([entry], "json", "/repo").join("\n"))).toEqual([entry]);
});
