// Prints "N passed, N failed" of vitest's JSON reports in a folder; fails when a test failed or none ran.
// CommonJS, because it also runs on the machine's own Node, when the installation of a newer one has failed.
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

const folder = process.argv[2];
let passed = 0;
let failed = 0;
for (const name of readdirSync(folder)) {
  const report = JSON.parse(readFileSync(join(folder, name), "utf8"));
  passed += report.numPassedTests;
  // A file that can not even be loaded has no tests to fail, and counts as one.
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  failed += report.numFailedTests + unloaded.length;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
