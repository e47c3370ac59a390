import type { Failures, Logger } from "../options.ts";

/**
 * What happens to a process that serves when something fails with nobody there to be told. A rejected promise belongs to one
 * piece of work, so that the rest goes on. An exception that nobody caught broke off in the midst of something: what is
 * in memory can not be relied on any more, while the store holds all that was acknowledged. So the process ends, at once,
 * for whoever watches over it to start another.
 */
export function countFailures(logger: Logger): Failures {
  const failures = { background: 0, unhandled: 0 };
  process.on("unhandledRejection", (err) => {
    failures.unhandled++;
    logger.error({ err }, "A promise was rejected and nobody looked: a fault of ours, please report it");
  });
  process.on("uncaughtException", (err) => {
    logger.error(
      { err },
      "Nobody caught this: a fault of ours, please report it. The process ends; start it again",
    );
    process.exit(1);
  });
  // Whoever read our output may be gone: the server is there for others.
  for (const output of [process.stdout, process.stderr])
    output.removeAllListeners("error").on("error", () => {});
  return failures;
}
