// What docs/your-repository.md gives to copy is what checkconfig wants.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkconfig } from "../../src/cmd/checkconfig.ts";
import { run } from "./tool-run.ts";

test("the two files of the first page have nothing to be warned of", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/your-repository.md"), "utf8");
  const [config = "", plugins = ""] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);
  const directory = await mkdtemp(join(tmpdir(), "cutwater-yours-"));
  const [configFile, pluginFile] = [join(directory, "config.yaml"), join(directory, "plugins.yaml")];
  await Promise.all([writeFile(configFile, config), writeFile(pluginFile, plugins)]);
  const files = [`--config-path=${configFile}`, `--plugin-config=${pluginFile}`];
  expect(await run(checkconfig, [...files, "--strict"])).toMatchObject({ code: 0, err: "" });
  await rm(directory, { recursive: true });
});
