import type { Logger } from "../options.ts";

/** Stops in order at the first SIGTERM or SIGINT, with exit code 0; a second one ends the process at once. */
export function whenToldToStop(logger: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const told = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(130);
    stopping = true;
    logger.info({}, `Told to stop by ${signal}; draining`);
    try {
      await stop();
      logger.info({}, "Stopped");
      process.exit(0);
    } catch (err) {
      logger.error({ err }, "Could not stop in order");
      process.exit(1);
    }
  };
  process.on("SIGTERM", told);
  process.on("SIGINT", told);
}
