// npm run new plugin NAME: a plugin with a command and its configuration, its test, and its line in the list.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

class RefusedError extends Error {
  override name = "RefusedError";
}

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const pluginText = (
  name: string,
): string => `// /${name}: says what it was told, once. Write here what yours is for.
import { section } from "../config/plugins-config.ts";
import { object, string } from "../lib/schema.ts";
import { command } from "../model/commands.ts";
import { formatReply } from "../model/reply.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const COMMAND = command("(?mi)^/${name}(\\\\s.*)?$");

/** Its part of plugins.yaml. */
const options = section(
  "${name.replaceAll("-", "_")}",
  object({ answer: string("What it answers; default: I heard you.") }),
  { complete: (value) => ({ answer: "I heard you.", ...value }) },
);

export const ${camel(name)}: Plugin = {
  name: "${name}",
  on: ["comment"],
  description: "The ${name} plugin answers whoever calls it.",
  sections: [options],
  commands: [
    {
      usage: "/${name}",
      description: "Answers.",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/${name}"],
    },
  ],
  async handle(event, { plugins }) {
    if (event.kind !== "comment" || event.action !== "created" || !COMMAND.test(event.body)) return [];
    const { answer } = plugins.get(options);
    return [{ do: "createComment", issue: commentIssue(event), body: formatReply(quoted(event), answer) }];
  },
};
`;

const testText = (name: string): string => `// /${name}: whom it answers, and what.
import { describe, expect, it } from "vitest";
import { ${camel(name)} } from "../../src/plugins/${name}.ts";
import { type Options, world } from "./world.ts";

/** What the bot says to a comment of alice's. */
async function answers(body: string, options: Options = {}): Promise<string[]> {
  const here = world(options);
  const issue = here.issue();
  await here.react(${camel(name)}, issue.comment("alice", body));
  return issue.said;
}

describe("/${name}", () => {
  it("answers whoever calls it", async () => {
    expect(await answers("/${name}")).toEqual([expect.stringContaining("@alice: I heard you.")]);
  });

  it("answers what plugins.yaml says", async () => {
    const plugins = { ${name.replaceAll("-", "_")}: { answer: "Aye." } };
    expect(await answers("/${name}", { plugins })).toEqual([expect.stringContaining("@alice: Aye.")]);
  });

  it.each(["no command", "  /${name}", "/${name}s"])("leaves %j alone", async (body) => {
    expect(await answers(body)).toEqual([]);
  });
});
`;

/** The list with the plugin in it, where the alphabet wants it. */
export function listed(index: string, name: string): string {
  const variable = camel(name);
  const imports = [...index.matchAll(/^import (?:type )?\{[^}]*\} from "\.\/(.+)\.ts";\n/gm)];
  const next = imports.find(([, file = ""]) => file > name) ?? imports.at(-1)!;
  const at = next[1]! > name ? next.index : next.index + next[0].length;
  const withImport = `${index.slice(0, at)}import { ${variable} } from "./${name}.ts";\n${index.slice(at)}`;
  return withImport.replace(
    /(declarations: readonly PluginDeclaration\[\] = \[\n)([\s\S]*?)(\n\];)/,
    (_, open: string, list: string, close: string) =>
      open + [...list.split("\n"), `  ${variable},`].sort().join("\n") + close,
  );
}

/** Returns what was written, by paths from \`root\`. Throws RefusedError, having written nothing. */
function newPlugin(root: string, name: string): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new RefusedError(
      `${JSON.stringify(name)} is no name for a plugin: small letters, digits, single dashes`,
    );
  const files = {
    [join(root, "src/plugins", `${name}.ts`)]: pluginText(name),
    [join(root, "test/plugins", `${name}.test.ts`)]: testText(name),
  };
  const index = join(root, "src/plugins/index.ts");
  const before = readFileSync(index, "utf8");
  const taken = Object.keys(files).find((file) => existsSync(file));
  if (taken) throw new RefusedError(`${relative(root, taken)} is there already`);
  if (new RegExp(`\\b${camel(name)}\\b`).test(before))
    throw new RefusedError(`src/plugins/index.ts has ${camel(name)} already`);
  for (const [file, text] of Object.entries({ ...files, [index]: listed(before, name) })) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return [...Object.keys(files), index].map((file) => relative(root, file));
}

function main([kind, name, ...more]: string[]): number {
  if (kind !== "plugin" || !name || more.length) {
    console.error("npm run new plugin NAME");
    return 2;
  }
  try {
    const root = join(import.meta.dirname, "..");
    const files = newPlugin(root, name);
    // How long the name is decides where lines break.
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    spawnSync(process.execPath, [biome, "format", "--write", ...files], { cwd: root, stdio: "ignore" });
    for (const file of files) console.log(file);
    console.log(`Then: npm run schema, npm run docs, npm test -- test/plugins/${name}.test.ts`);
    console.log(
      "OURS of test/plugins/declarations.test.ts lists what Prow does not have: its name and its fields.",
    );
    return 0;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
