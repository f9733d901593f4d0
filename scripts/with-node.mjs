// Runs a script of the project on the project's own Node, after installing what is missing from the lockfile.
// Plain JavaScript, since this is what runs before anything is installed; in words that a far too old Node can still
// read, so that it gets a sentence and not a syntax error.
import { spawn, spawnSync } from "child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "fs";
import { constants } from "os";
import { dirname, join } from "path";
import { fileURLToPath } from "url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const stamp = join(root, "node_modules", ".cutwater-installed");

function stop(message) {
  process.stderr.write(`cutwater: ${message}\n`);
  process.exit(1);
}

function works(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function installed() {
  return (
    existsSync(node) &&
    existsSync(stamp) &&
    statSync(node).size > 1000000 &&
    readFileSync(stamp, "utf8") === readFileSync(join(root, "package-lock.json"), "utf8")
  );
}

function npm(args) {
  const result = spawnSync("npm", args, { cwd: root, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (result.error) stop("npm is missing. It comes with Node: https://nodejs.org/en/download");
  if (result.status !== 0) stop(`npm ${args.join(" ")} failed:\n${result.stderr.trim()}`);
}

function install() {
  const started = Date.now();
  process.stderr.write("cutwater: installing dependencies from package-lock.json (once)…\n");
  npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
  // The one install script that is allowed: it puts Node's binary in place.
  npm(["rebuild", "node"]);
  writeFileSync(stamp, readFileSync(join(root, "package-lock.json"), "utf8"));
  process.stderr.write(`cutwater: installed in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
}

const major = Number(process.versions.node.split(".")[0]);
if (major < 20) stop(`Node ${process.versions.node} is too old; install Node 20 or newer.`);
if (!works("git", ["--version"])) stop("git is missing; install it from https://git-scm.com/downloads");
if (!installed()) install();

const child = spawn(node, ["--disable-warning=ExperimentalWarning", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
// Ctrl-C reaches the whole process group; a signal sent to this process alone is passed on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
child.on("exit", (code, signal) =>
  process.exit(code === null ? 128 + (constants.signals[signal] || 0) : code),
);
