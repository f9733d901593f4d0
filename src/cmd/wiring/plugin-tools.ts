// What a plugin may use of this machine, wherever it runs: in hook, as a component of its own, or in `cutwater play`.
import { readFile } from "node:fs/promises";
import type { Context } from "../../plugins/plugin.ts";
import type { Host } from "../command.ts";

export const pluginTools = ({
  clock,
  random,
}: Pick<Host, "clock" | "random">): Pick<Host, "clock" | "random"> & Pick<Context, "web" | "localFile"> => ({
  clock,
  random,
  web: fetch,
  localFile: (path) => readFile(path, "utf8"),
});
