// `prepack` of every package: what `npm start` built has no declarations, so that a whole build comes first where they are missing.
// In plain JavaScript, because npm may run it with a Node that takes no TypeScript.
const { execSync } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const missing = () =>
  Object.values(manifest.exports)
    .map(({ types }) => types)
    .find((types) => types !== undefined && !existsSync(types));
if (missing() !== undefined)
  try {
    // Standard output belongs to whoever packs, and may have to be JSON; npm's settings of that run are not for this one.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
    execSync("npm run build", { cwd: join(__dirname, ".."), env, stdio: ["ignore", 2, 2] });
  } catch {
    console.error("The packages could not be built.");
  }
if (missing() !== undefined) {
  console.error(`${manifest.name} is not packed, because ${missing()} is missing.`);
  process.exit(1);
}
