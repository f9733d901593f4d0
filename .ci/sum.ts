// Adds up what the test runs counted and prints CI's last line; exits 1 when anything failed.
import { existsSync, readFileSync } from "node:fs";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
  testResults: { status: string; assertionResults: unknown[]; name: string }[];
}

const [passed, failed, ...files] = process.argv.slice(2);
const total = { passed: Number(passed), failed: Number(failed), skipped: 0 };

for (const file of files.filter((name) => existsSync(name))) {
  const report = JSON.parse(readFileSync(file, "utf8")) as Report;
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
  total.skipped += report.numPendingTests;
  // A file that could not even be loaded has no tests to count.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  for (const { name } of broken) console.log(`could not be loaded: ${name}`);
  total.failed += broken.length;
}

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
