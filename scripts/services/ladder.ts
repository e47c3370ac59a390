/** A running service, and how to let go of it. */
export interface Service {
  url: string;
  /** What was found or done, for the one line that is printed. */
  how: string;
  stop(): Promise<void>;
}

/** One way to come by a service: the service, or the reason why not. */
export type Rung = () => Promise<Service | { reason: string }>;

export class ServiceMissing extends Error {
  override name = "ServiceMissing";
}

/**
 * Climbs the rungs in their order and takes the first service found. What comes first costs least: a service
 * that runs already, then binaries of the machine, then an installation.
 */
export async function findOrStart(name: string, rungs: Rung[], advice: string): Promise<Service> {
  const reasons: string[] = [];
  for (const rung of rungs) {
    const found = await rung().catch((error: unknown) => ({ reason: saidBy(error) }));
    if ("url" in found) return found;
    reasons.push(found.reason);
  }
  throw new ServiceMissing(`No ${name}: ${reasons.join("; ")}. ${advice}`);
}

export function saidBy(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return saidBy(error.errors[0]);
  return error instanceof Error ? error.message.split("\n")[0] || error.name : String(error);
}
