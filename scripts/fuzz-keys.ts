// Hostile names of jobs, repositories, builds and files, and hostile addresses: no storage key leads out of where it belongs.
//   node scripts/fuzz-keys.ts --seed 1 --runs 100000
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { int, parseFlags } from "../src/lib/flags.ts";
import { directoryStorage } from "../src/storage/directory.ts";
import { wrongAccess, wrongAddress, wrongLayout } from "./hostile-keys.ts";
import { seeded } from "./seeded.ts";

const { values: flags } = parseFlags(
  {
    seed: int(1, "Where chance begins."),
    runs: int(100_000, "Keys to try."),
    "most-files": int(10_000, "How many of them also in a directory, which costs files."),
  },
  process.argv.slice(2),
);

const CANARY = "outside-of-the-storage";
const top = await mkdtemp(join(tmpdir(), "fuzz-keys-"));
const root = join(top, "root");
const outside = join(top, "outside");
const wrong: string[] = [];
try {
  await mkdir(join(root, "bucket", "a"), { recursive: true });
  await mkdir(outside);
  await writeFile(join(outside, "secret"), CANARY);
  await symlink(join(outside, "secret"), join(root, "bucket", "link"));
  await symlink(outside, join(root, "bucket", "out"));
  await symlink(outside, join(root, "bucket", "a", "link"));
  const chance = seeded(flags.seed);
  const store = directoryStorage({ root });
  for (let run = 0; run < flags.runs && wrong.length < 20; run++) {
    wrong.push(...wrongLayout(chance), ...wrongAddress(chance));
    if (run < flags["most-files"]) wrong.push(...(await wrongAccess(chance, store, CANARY)));
  }
  const left = [...(await readdir(top)), ...(await readdir(outside))].sort().join(" ");
  if (left !== "outside root secret") wrong.push(`outside of the storage there is now: ${left}`);
} finally {
  await rm(top, { recursive: true });
}
for (const one of wrong) console.log(JSON.stringify(one));
console.log(`${flags.runs} keys of seed ${flags.seed}, ${wrong.length} lead out`);
process.exitCode = wrong.length > 0 ? 1 : 0;
