// The check of the rooms is as good as what it finds: every form in which a module can be named.
import { expect, test } from "vitest";
import { FOREIGN, importsOf } from "./imports.ts";

const named = (text: string) => importsOf(text).map(({ specifier }) => specifier);

test.each([
  ['import "./a.ts";', "./a.ts"],
  ['import { a } from "./a.ts";', "./a.ts"],
  ['import * as a from "./a.ts";', "./a.ts"],
  ['import a, { b } from "package";', "package"],
  ['import {\n  a,\n  type B,\n} from "./a.ts";', "./a.ts"],
  ['import {\n  a, // it\'s "quoted"; and commented\n} from "./a.ts";', "./a.ts"],
  ['export { a } from "./a.ts";', "./a.ts"],
  ['export {\n  a,\n  b,\n} from "./a.ts";', "./a.ts"],
  ['export * from "./a.ts";', "./a.ts"],
  ['export * as a from "./a.ts";', "./a.ts"],
  ['const { a } = await import("./a.ts");', "./a.ts"],
  ['const a = () =>\n  import(\n    "./a.ts"\n  );', "./a.ts"],
  ['type A = import("./a.ts").A;', "./a.ts"],
])("%j names a module", (text, specifier) => {
  expect(named(text)).toEqual([specifier]);
});

test("one statement does not swallow the next", () => {
  expect(named('export function a() {}\nimport { b } from "./b.ts";\nexport { c } from "./c.ts";')).toEqual([
    "./b.ts",
    "./c.ts",
  ]);
});

test("types alone are told apart", () => {
  expect(importsOf('import type { A } from "./a.ts";\nexport type { B } from "./b.ts";')).toEqual([
    { specifier: "./a.ts", typeOnly: true },
    { specifier: "./b.ts", typeOnly: true },
  ]);
});

test("texts and comments name nothing", () => {
  expect(named('const a = "import x from y";\n// import "./a.ts";\nexport const b = "./b.ts";')).toEqual([]);
});

test("a file of somebody else's has a name that only one room may have", () => {
  expect(named("await import(pathToFileURL(file).href)")).toEqual([FOREIGN]);
});

test("a computed name is refused", () => {
  expect(() => importsOf("await import(pathToFileURL(join(here, name)).href)")).toThrow("literal");
  expect(() => importsOf('await import("./" + name)')).toThrow("literal");
  expect(() => importsOf("await import(name)")).toThrow("literal");
});
