// Taste as tests that fail: who may import whom, and the numbers of the house.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { functionLengths } from "./rooms/function-lengths.ts";
import { importsOf } from "./rooms/imports.ts";
import { roomTable } from "./rooms/markdown.ts";
import { ROOMS, type Room } from "./rooms/table.ts";

const root = resolve(import.meta.dirname, "..");

interface Import {
  file: string;
  /** Path of the imported file from the project's root, or the package's name. */
  target: string;
  typeOnly: boolean;
  local: boolean;
}

function sources(directory: string): string[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(directory, name))
    .sort();
}

const files = sources("src").map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

function resolved({ file, text }: { file: string; text: string }): Import[] {
  return importsOf(text).map(({ specifier, typeOnly }) => {
    const local = specifier.startsWith(".");
    const target = local ? relative(root, resolve(root, dirname(file), specifier)) : specifier;
    return { file, target, typeOnly, local };
  });
}

const imports = files.flatMap(resolved);
const roomOf = (file: string): Room => (file === "src/main.ts" ? "main.ts" : (file.split("/")[1] as Room));
const isPort = (file: string): boolean => /\/(port|error|contract)\.ts$/.test(file);

describe("rooms", () => {
  test("every folder of src is a room of the table", () => {
    const found = new Set(files.map(({ file }) => roomOf(file)));
    expect([...found].filter((room) => !(room in ROOMS))).toEqual([]);
  });

  test("a room imports only what the table allows", () => {
    const wrong = imports.filter(({ file, target, local }) => {
      if (!local) return false;
      const from = roomOf(file);
      const to = roomOf(target);
      if (from === to) return false;
      const { may, ports } = ROOMS[from];
      return !(may === "all" || may.includes(to) || (isPort(target) && ports?.includes(to)));
    });
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test("only its own room names a port's package", () => {
    const owners = new Map<string, Room[]>();
    for (const [room, { packages }] of Object.entries(ROOMS)) {
      for (const name of packages ?? []) owners.set(name, [...(owners.get(name) ?? []), room as Room]);
    }
    const wrong = imports.filter(({ file, target, local }) => {
      if (local) return false;
      const name = target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : target.split("/")[0]!;
      const allowed = owners.get(name);
      return allowed && !allowed.includes(roomOf(file));
    });
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test("docs/architecture.md has this table (npm run docs)", () => {
    expect(readFileSync(join(root, "docs/architecture.md"), "utf8")).toContain(roomTable());
  });

  test("no plugin imports another plugin", () => {
    const plugins = new Set(
      files
        .filter(({ text }) => /^export const \w+: Plugin(Declaration)?\b/m.test(text))
        .map(({ file }) => file),
    );
    const wrong = imports.filter(
      ({ file, target }) => plugins.has(file) && plugins.has(target) && file !== target,
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test("what is around a process knows no component", () => {
    const wrong = imports.filter(
      ({ file, target, local }) =>
        file.startsWith("src/cmd/process/") && local && /^src\/cmd\/(?!process\/|command\.ts)/.test(target),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test("no cycles", () => {
    const edges = new Map<string, string[]>();
    for (const { file, target, local, typeOnly } of imports) {
      if (local && !typeOnly) edges.set(file, [...(edges.get(file) ?? []), target]);
    }
    expect(firstCycle(edges)).toEqual([]);
  });
});

function firstCycle(edges: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, trail: string[]): string[] => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...trail, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  for (const file of edges.keys()) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

describe("house numbers", () => {
  const offenders = (bad: (text: string, file: string) => boolean): string[] =>
    files.filter(({ text, file }) => bad(text, file)).map(({ file }) => file);

  test("no file is longer than 400 lines, and half of them not longer than 120", () => {
    const lines = files.map(({ file, text }) => ({ file, count: text.split("\n").length - 1 }));
    expect(lines.filter(({ count }) => count > 400)).toEqual([]);
    const median = lines.map(({ count }) => count).sort((a, b) => a - b)[Math.floor(lines.length / 2)]!;
    expect(median).toBeLessThanOrEqual(120);
  });

  test("no function is longer than 70 lines", () => {
    const long = files.flatMap(({ file, text }) =>
      functionLengths(text)
        .filter(({ lines }) => lines > 70)
        .map(({ line, lines }) => `${file}:${line} has ${lines} lines`),
    );
    expect(long).toEqual([]);
  });

  test("every file opens with a line that says what it is for", () => {
    expect(offenders((text) => !text.startsWith("// "))).toEqual([]);
  });

  test("named exports only", () => {
    expect(offenders((text) => /^export default/m.test(text))).toEqual([]);
  });

  test("time, chance and environment come in as arguments", () => {
    const reach = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.env\b|\bperformance\.now\(/;
    const allowed = (file: string) =>
      file === "src/lib/clock.ts" || file === "src/main.ts" || file.startsWith("src/cmd/");
    expect(offenders((text, file) => !allowed(file) && reach.test(text))).toEqual([]);
  });

  test("no vague names", () => {
    const vague = /(^|[/-])(utils?|helpers?|common|manager|service|misc)(\.|-|\/)/;
    expect(files.map(({ file }) => file).filter((file) => vague.test(file))).toEqual([]);
  });

  test("at most 20 runtime dependencies, pinned exactly", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(20);
    expect(Object.values(dependencies).filter((version) => !/^\d/.test(String(version)))).toEqual([]);
  });

  test("no test patches a module", () => {
    const patch = new RegExp(["vi", "\\.mock\\(|jest", "\\.mock\\("].join(""));
    const bad = sources("test").filter((file) => patch.test(readFileSync(join(root, file), "utf8")));
    expect(bad).toEqual([]);
  });
});
