// The generated docs are what npm run docs would write, and say of each plugin what somebody looks for.
import { expect, it } from "vitest";
import { staleDocs } from "../../scripts/docs.ts";
import { pluginPages } from "../../scripts/plugin-pages.ts";
import { declarations } from "../../src/plugins/index.ts";

const pages = pluginPages();

it("are fresh (npm run docs)", () => {
  expect(staleDocs()).toEqual([]);
});

it("list every plugin, each with a page of its own", () => {
  for (const { name } of declarations) {
    expect(pages["plugins.md"]).toContain(`[${name}](plugins/${name}.md)`);
    expect(pages[`plugins/${name}.md`]).toMatch(new RegExp(`^# ${name}\n`));
  }
});

it("tell commands, who may use them, and what can be configured", () => {
  expect(pages["plugins/hold.md"]).toContain(
    "|`/[remove-][un]hold [cancel]`|Adds or removes the `do-not-merge/hold` Label",
  );
  expect(pages["plugins/hold.md"]).toContain("|`/hold`<br>`/hold cancel`<br>`/unhold`<br>`/remove-hold`|");
  expect(pages["plugins/size.md"]).toMatch(/\|`size\.s`\|integer\|`10`\|/);
  expect(pages["plugins/size.md"]).toContain("```yaml\nsize:\n  s: 10\n");
  expect(pages["plugins/lgtm.md"]).toMatch(/\|`lgtm\[\]\.repos`\|list of string\|/);
});

it("have no cell that ends early, and no HTML of a description", () => {
  for (const [file, text] of Object.entries(pages)) {
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    const widths = rows.map((row) => row.replace(/\\\|/g, "").split("|").length);
    const allowed = file === "plugins.md" ? [5] : [6];
    expect([file, [...new Set(widths)].filter((width) => !allowed.includes(width))]).toEqual([file, []]);
    expect(text.replace(/`[^`]*`|<br>|<!--.*-->|```[\s\S]*?```/g, "")).not.toMatch(/<[a-z]/i);
  }
});
