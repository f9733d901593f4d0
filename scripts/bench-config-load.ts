// Loads a configuration once, as a component does, and prints the figures as JSON; bench-config.ts starts it afresh for each.
//   node scripts/bench-config-load.ts CONFIG JOBS PLUGINS CACHE [RELOADS]
import { appendFileSync } from "node:fs";
import { openDecodeCache } from "../src/config/decode-cache.ts";
import { loadConfig } from "../src/config/load.ts";
import { ConfigReader } from "../src/config/read-files.ts";
import { knownPlugins, pluginSections } from "../src/plugins/index.ts";

const [configPath = "", jobConfigPath = "", pluginConfigPath = "", cacheDirectory = "", reloads = "0"] =
  process.argv.slice(2);
const began = performance.now();
const cache = openDecodeCache(cacheDirectory);
const reader = new ConfigReader({ configPath, jobConfigPath, pluginConfigPath });
const first = reader.files();
const loaded = loadConfig(first, pluginSections, { knownPlugins, cache });
const ready = performance.now();
if (!loaded.config || !loaded.plugins) throw new Error("the configuration cannot be used");
const peak = process.resourceUsage().maxRSS / 1000;
cache.save();

const jobFiles = first.jobs;
const reloadMs: number[] = [];
for (let i = 0; i < Number(reloads); i++) {
  appendFileSync(jobFiles[(i * 37) % jobFiles.length]!.path, "\n# changed\n");
  const start = performance.now();
  const files = reader.refresh();
  if (!files || !loadConfig(files, pluginSections, { knownPlugins }).config) throw new Error("no reload");
  reloadMs.push(performance.now() - start);
}
console.log(JSON.stringify({ seconds: (ready - began) / 1000, process: ready / 1000, peak, reloadMs }));
