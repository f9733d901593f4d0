// What people copy, from docs/your-repository.md or from config/, is what checkconfig wants.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkconfig } from "../../src/cmd/checkconfig.ts";
import { run } from "./tool-run.ts";

const ROOT = join(import.meta.dirname, "../..");

test("the two files of the first page have nothing to be warned of", async () => {
  const page = await readFile(join(ROOT, "docs/your-repository.md"), "utf8");
  const [config = "", plugins = ""] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);
  const directory = await mkdtemp(join(tmpdir(), "cutwater-yours-"));
  const [configFile, pluginFile] = [join(directory, "config.yaml"), join(directory, "plugins.yaml")];
  await Promise.all([writeFile(configFile, config), writeFile(pluginFile, plugins)]);
  const files = [`--config-path=${configFile}`, `--plugin-config=${pluginFile}`];
  expect(await run(checkconfig, [...files, "--strict"])).toMatchObject({ code: 0, err: "" });
  await rm(directory, { recursive: true });
});

test("nor has the configuration of the demo", async () => {
  const files = ["config-path=config.yaml", "job-config-path=jobs", "plugin-config=plugins.yaml"].map(
    (flag) => `--${flag.replace("=", `=${ROOT}/config/`)}`,
  );
  expect(await run(checkconfig, [...files, "--strict"])).toMatchObject({ code: 0, err: "" });
});
