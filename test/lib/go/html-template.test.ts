// Go's html/template where text has some HTML in it.
import { expect, test } from "vitest";
import { htmlFrom } from "../../../src/lib/go/html-template.ts";

test.each([
  ["plain {{.x}} text", "plain &lt;i&gt; &amp; &#39;&#34;&#43;\uFFFD text"],
  ['*it\'s* "so" & a > b + c', '*it\'s* "so" & a > b + c'],
  ["a < b <3 <", "a &lt; b &lt;3 &lt;"],
  ["<b>bold</b><br/>{{.x}}", "<b>bold</b><br/>&lt;i&gt; &amp; &#39;&#34;&#43;\uFFFD"],
  ["<a title=\"a>b<c\" href='x'>d</a> < e", "<a title=\"a>b<c\" href='x'>d</a> &lt; e"],
  ["<!DOCTYPE html><p>", "<!DOCTYPE html><p>"],
  ["a<!-- gone {{.x}}\n<b> -->c<!---->d", "acd"],
  ["a<!-- never closed", "a"],
  ["{{/* a comment */}}{{if .x}}yes{{end}}", "yes"],
])("%j", (template, expected) => {
  expect(htmlFrom(template, { x: "<i> & '\"+\0" })).toBe(expected);
});
