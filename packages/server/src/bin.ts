#!/usr/bin/env node
// Written so that an old Node can read it and say what is missing; everything else is loaded after the check.
const needed = [22, 12];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`amused needs Node ${needed.join(".")} or newer; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  // Whoever reads our output may have seen enough (`amused keys list | head`): no fault of anybody.
  process.stdout.on("error", (error) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  void import("./cli/main.ts").then(({ main }) => main(process.argv));
}
