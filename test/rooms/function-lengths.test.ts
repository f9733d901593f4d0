// The length of functions is measured in every form in which one can be written.
import { expect, test } from "vitest";
import { functionLengths } from "./function-lengths.ts";

const longest = (text: string) => Math.max(0, ...functionLengths(text).map(({ lines }) => lines));

test.each([
  ["export async function a(x: number): Promise<void> {", "}"],
  ["export async function a(\n  x: number,\n): Promise<void> {", "}"],
  ["async function a(\n  { x }: A,\n  {\n    y,\n  }: B,\n): Promise<void> {", "}"],
  ["function a({\n  x,\n}: A): { x: number } {", "}"],
  ["function a(): Promise<{\n  x: number;\n}> {", "}"],
  ["async function* a() {", "}"],
  ["const a = <T>(x: T): void => {", "};"],
  ["const a: (x: string) => void = (x) => {", "};"],
  ["const a = (\n  x: number,\n): void => {", "};"],
  ["const a =\n  (x: number) =>\n  (y: number): void => {", "  };"],
  ["const a = (x: number) =>", ""],
  ["const a = (x: number) => ({", "});"],
  ["const a = (() => {", "})();"],
  ['app.get("/x", async (c) => {', "});"],
  ["run(\n  name,\n  async (flags) => {", "  },\n);"],
  ["class A {\n  async #foo<T>(\n    x: T,\n  ): Promise<void> {", "  }\n}"],
  ["class A {\n  *[Symbol.iterator]() {", "  }\n}"],
  ["class A {\n  get foo(): number {", "  }\n}"],
  ["class A {\n  constructor(x: number) {", "  }\n}"],
  ["const a = {\n  async foo(x) {", "  },\n};"],
  ["const a = {\n  foo: async (x) => {", "  },\n};"],
  ["const a = {\n  foo: function foo(x) {", "  },\n};"],
  ["function a() {\n  const text = `\n}\n`;", "}"],
  ["function a() {\n  const fence = /`/;", "}"],
])("%j opens a function", (open, close) => {
  const depth = `${/^ */.exec(open.split("\n").at(-1)!)![0]}  `;
  expect(longest(`${open}\n${`${depth}x();\n`.repeat(80)}${close}`)).toBeGreaterThanOrEqual(81);
});

test.each([
  "const table = {",
  "if (x) {",
  "} else if (x) {",
  "for (const x of xs) {",
  "while (\n  x\n) {",
  "switch (x) {",
  "interface A {",
  "class A extends B {",
])("%j opens none", (open) => {
  expect(longest(`${open}\n${"  x();\n".repeat(80)}}`)).toBe(0);
});
