// npm run storm -- [COUNT] [--talk N] [--faster N] [--content-per-hour N] [--keep DIRECTORY]: a storm of pull requests at GitHub's limits.
import { parseArgs } from "node:util";
import { storm } from "./storm/storm.ts";
import { tell } from "./storm/tell.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    talk: { type: "string", default: "1" },
    faster: { type: "string", default: "40" },
    "content-per-hour": { type: "string" },
    keep: { type: "string" },
  },
});
const count = Number(positionals[0] ?? 1_000);
const talk = Number(values.talk);
const faster = Number(values.faster);
const { keep, "content-per-hour": contents } = values;
const more = { ...(keep && { keep }), ...(contents && { contentPerHour: Number(contents) }) };
tell(count, await storm({ count, talk, faster, ...more }));
