// What comments look like on the pages, and that nobody can slip anything else in.
import { expect, test } from "vitest";
import { markdown } from "../../../src/local/github/pages/markdown.ts";

test("the shapes of Prow's comments come out", () => {
  const html = markdown(
    [
      "@alice: The following test **failed**, say `/retest`:",
      "",
      "Test name | Commit | Details",
      "--- | --- | ---",
      "unit | abc | [link](http://deck.test/view/1?a=1&b=2)",
      "",
      "<details>",
      "",
      "Instructions are [here](https://git.k8s.io/x). I understand `<b>`.",
      "</details>",
      "<!-- test report -->",
    ].join("\n"),
  );
  expect(html).toContain('<a class="mention" href="/alice">@alice</a>');
  expect(html).toContain("<strong>failed</strong>");
  expect(html).toContain("<th>Test name</th>");
  expect(html).toContain('<a href="http://deck.test/view/1?a=1&amp;b=2" rel="nofollow noopener">link</a>');
  expect(html).toContain("<details><summary>Details</summary>");
  expect(html).toContain("<code>&lt;b&gt;</code>");
  expect(html).not.toContain("test report");
});

test("lists, quotes, code and headings", () => {
  expect(markdown("# T\n\n- a\n  - b\n- [x] c\n\n> q\n\n```sh\n<x>\n```\n\n1. one")).toBe(
    [
      "<h3>T</h3>",
      '<ul><li>a<ul><li>b</li></ul></li><li><input type="checkbox" disabled checked> c</li></ul>',
      "<blockquote><p>q</p></blockquote>",
      "<pre><code>&lt;x&gt;</code></pre>",
      "<ol><li>one</li></ol>",
    ].join("\n"),
  );
});

test("OWNERS approvals as approve writes them", () => {
  const html = markdown(
    'The full list: **[OWNERS](/acme/lib/blob/main/OWNERS)** [alice]\n- ~~[src/OWNERS](/x)~~ [alice]\n*<a href="https://github.com/x" title="t">alice</a>*',
  );
  expect(html).toContain(
    '<strong><a href="/acme/lib/blob/main/OWNERS" rel="nofollow noopener">OWNERS</a></strong>',
  );
  expect(html).toContain('<del><a href="/x"');
  expect(html).toContain('<em><a href="https://github.com/x"');
});

test.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "[x](javascript:alert(1))",
  "![x](data:text/html,boo)",
  '[x](http://a.test/" onmouseover="alert(1))',
  '<a href="javascript:alert(1)">x</a>',
  "<details onclick=alert(1)><summary onmouseover=x>a</summary></details>",
  "`</code><script>x</script>`",
  "| <script> | b |\n| --- | --- |\n| <iframe> | c |",
  "\u0000<script>\u00000\u0000",
])("nothing harmful comes out of %j", (text) => {
  const html = markdown(text);
  const tags = [...html.matchAll(/<([a-z]+)([^>]*)>/gi)];
  for (const [, tag = "", attributes = ""] of tags) {
    expect([
      "p",
      "a",
      "code",
      "details",
      "summary",
      "div",
      "table",
      "thead",
      "tbody",
      "tr",
      "th",
      "td",
      "br",
    ]).toContain(tag);
    expect(attributes).not.toMatch(/\bon\w+=|javascript:|data:/i);
  }
});

test.each([
  [
    "a link inside a link's address",
    "[x](https://a/![y](https://onmouseover=location='javascript:1'/id=z/))",
  ],
  ["a link inside an anchor's address", '<a href="https://a/[y](https://b)">x</a>'],
])("%s stays text", (_, text) => {
  expect(markdown(text)).not.toMatch(/href="[^"]*<|onmouseover=[^&]*"/);
});

test.each([
  ["anchors", "<a href=x>".repeat(6_000)],
  ["brackets", "[".repeat(30_000)],
  ["ticks", "`a".repeat(20_000)],
  ["stars", "**a".repeat(20_000)],
])("64 KB of %s are rendered in a moment", (_, text) => {
  const before = process.cpuUsage().user;
  markdown(text);
  expect(process.cpuUsage().user - before).toBeLessThan(2_000_000);
});
