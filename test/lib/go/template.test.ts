import { describe, expect, it } from "vitest";
import { parseTemplate, TemplateError } from "../../../src/lib/go/template.ts";
import { GoStruct } from "../../../src/lib/go/value.ts";

const DATA = {
  A: [1, 2, 3],
  M: { b: 1, a: 2 },
  S: "x",
  E: [],
  T: true,
  N: new GoStruct([
    ["Name", "n"],
    ["Nil", null],
  ]),
};
const run = (text: string, data: unknown = DATA) => parseTemplate(text).execute(data);

describe("Go templates", () => {
  it.each([
    ["plain", "plain"],
    ["{{.S}}-{{.N.Name}}", "x-n"],
    ["{{if .E}}a{{else if eq .S `x`}}b{{else}}c{{end}}", "b"],
    ["{{if not .E}}empty{{end}}", "empty"],
    ["{{range $i, $e := .A}}{{if $i}}, {{end}}{{$e}}{{end}}", "1, 2, 3"],
    ["{{range $k, $v := .M}}{{$k}}={{$v}};{{end}}", "a=2;b=1;"],
    ["{{range .E}}x{{else}}none{{end}}", "none"],
    ["{{range .A}}{{if eq . 2}}{{continue}}{{end}}{{.}}{{end}}", "13"],
    ["{{range .A}}{{if eq . 2}}{{break}}{{end}}{{.}}{{end}}", "1"],
    ["{{with index .A 0}}{{.}}{{end}}", "1"],
    ["{{with .E}}x{{else with .S}}{{.}}{{end}}", "x"],
    ["{{$x := 1}}{{range .A}}{{$x = .}}{{end}}{{$x}}", "3"],
    ["{{range .A}}{{$.S}}{{end}}", "xxx"],
    ['{{define "t"}}[{{.}}]{{end}}{{template "t" .S}}{{block "u" .A}}{{len .}}{{end}}', "[x]3"],
    ['{{.S | printf "%s-%s" "a"}}', "a-x"],
    ['{{printf "%.7s" "0123456789abc"}}', "0123456"],
    [
      '{{printf "%05d|%-4s|%4s|%q|%v|%t|%x|%%" 7 "ab" "cd" "q" .A .T "hi"}}',
      '00007|ab  |  cd|"q"|[1 2 3]|true|6869|%',
    ],
    ["{{and .T .S}} {{or .E .S}} {{ne .S `y`}}", "x x true"],
    ["{{eq .S `a` `x`}} {{lt 1 2}} {{ge 2 2}}", "true true true"],
    ["{{(index .A 1)}} {{slice .S 0 1}} {{len .M}}", "2 x 2"],
    ["a {{- /* left out */ -}} b", "ab"],
    ["x\n  {{- if true }}\n  y\n  {{- end }}\nz", "x\n  y\nz"],
    ["{{.M}} {{.A}} {{.N.Nil}}", "map[a:2 b:1] [1 2 3] <nil>"],
    ["{{html `<a>`}} {{urlquery `a b&c`}}", "&lt;a&gt; a+b%26c"],
    ["{{`raw {{ braces }}`}}", "raw {{ braces }}"],
  ])("%s", (text, output) => {
    expect(run(text)).toBe(output);
  });

  it.each([
    ["{{if}}", "missing value"],
    ["{{.A", "unclosed action"],
    ["{{foo}}", 'function "foo" not defined'],
    ["{{end}}", "unexpected {{end}}"],
    ["{{if .A}}", "{{end}} is missing"],
  ])("refuses to parse %s", (text, words) => {
    expect(() => parseTemplate(text)).toThrow(words);
  });

  it.each([
    ["a\n{{.N.Other}}", "line 2: can't evaluate field Other"],
    ["{{.N.Nil.X}}", "nil pointer evaluating .X"],
    ["{{index .A 9}}", "index out of range"],
    ['{{template "t"}}', "not defined"],
  ])("fails on %s", (text, words) => {
    expect(() => run(text)).toThrow(TemplateError);
    expect(() => run(text)).toThrow(words);
  });

  it("stops a template that calls itself for ever", () => {
    expect(() => run('{{define "t"}}{{template "t"}}{{end}}{{template "t"}}')).toThrow("depth");
  });

  it.each([
    ["{{range 4000000000}}x{{end}}", "too many steps"],
    ["{{range 4000000000}}{{end}}", "too many steps"],
    ["{{range $.A}}{{range 4000}}{{range 4000}}x{{end}}{{end}}{{end}}", "too many steps"],
    ['{{printf "%0400000000d" 1}}', "too long"],
    ['{{$s := print "xxxxxxxxxx"}}{{range 40}}{{$s = print $s $s}}{{end}}', "too long"],
    ['{{$s := printf "%99999d" 1}}{{range 4000}}{{$s}}{{end}}', "too long"],
  ])("stops %s before it takes the process with it", (text, words) => {
    expect(() => run(text)).toThrow(TemplateError);
    expect(() => run(text)).toThrow(words);
  });

  it("takes functions of its caller", () => {
    const replace = (old: unknown, now: unknown, text: unknown) =>
      String(text).replaceAll(String(old), String(now));
    expect(parseTemplate('{{.S | replace "x" "y"}}', { replace }).execute(DATA)).toBe("y");
  });

  it("reads own properties only", () => {
    expect(run("{{.constructor}}", {})).toBe("<no value>");
  });
});
