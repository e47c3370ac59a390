import { requestIdSchema } from "@amused/core";

/** The caller's own id where it is a sane one, so that its logs and ours can be laid side by side; else a new one. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id");
  return given !== null && requestIdSchema.safeParse(given).success ? given : crypto.randomUUID();
}
