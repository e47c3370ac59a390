// `prepack` of every package: what `npm start` built has no declarations, and must not be packed as if it had.
// In plain JavaScript, because npm may run it with a Node that takes no TypeScript.
const { existsSync, readFileSync } = require("node:fs");

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const missing = Object.values(manifest.exports)
  .map(({ types }) => types)
  .find((types) => types !== undefined && !existsSync(types));
if (missing !== undefined) {
  console.error(
    `${manifest.name} is not packed, because ${missing} is missing: run "npm run build" first, at the root.`,
  );
  process.exit(1);
}
