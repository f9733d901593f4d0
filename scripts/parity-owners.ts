// Dumps who owns each file of a repository, one JSON record a line, to compare with what real Prow says (../shared/oracle).
// node scripts/parity-owners.ts --dir DIRECTORY --paths FILE   (FILE: one path a line, or records with a `path`)
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { parseAliases } from "../src/owners/parse.ts";
import { type Names, repoOwners } from "../src/owners/repo-owners.ts";

const { values } = parseArgs({ options: { dir: { type: "string" }, paths: { type: "string" } } });
if (!values.dir || !values.paths) {
  process.stderr.write("usage: parity-owners.ts --dir DIRECTORY --paths FILE\n");
  process.exit(2);
}
const root = values.dir;

const files = new Map(
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === "OWNERS")
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(root, path), readFileSync(path, "utf8")]),
);
const aliases = readdirSync(root).includes("OWNERS_ALIASES")
  ? parseAliases(readFileSync(join(root, "OWNERS_ALIASES"), "utf8"))
  : new Map();
const ignoredDirectories = ["\\.git$", "_output$", "vendor/.*/.*"];
const owners = repoOwners({ filename: "OWNERS", files, aliases, ignoredDirectories });

const list = (names: Names) => [...names].sort();
const paths = readFileSync(values.paths, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => (line.startsWith("{") ? (JSON.parse(line) as { path: string }).path : line));
for (const path of paths) {
  const record = {
    approverOwners: owners.approverOwners(path),
    approvers: list(owners.approvers(path)),
    labels: list(owners.labels(path)),
    leafApprovers: list(owners.leafApprovers(path)),
    leafReviewers: list(owners.leafReviewers(path)),
    noParent: owners.noParentOwners(path),
    path,
    requiredReviewers: list(owners.requiredReviewers(path)),
    reviewerOwners: owners.reviewerOwners(path),
    reviewers: list(owners.reviewers(path)),
  };
  process.stdout.write(`${JSON.stringify(record)}\n`);
}
