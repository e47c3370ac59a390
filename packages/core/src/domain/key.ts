import { z } from "zod";
import { sellerIdSchema } from "./seller.ts";
import { visibleText } from "./text.ts";
import { dayMs, momentSchema } from "./time.ts";

export const scopes = ["read", "write", "admin"] as const;

/** `read`: all GETs and streams. `write`: changes, and `read`. `admin`: keys and every seller, and both. */
export type Scope = (typeof scopes)[number];

/** An API key as it may be shown again and again: without its secret. Admin keys belong to no seller. */
export interface ApiKey {
  id: number;
  prefix: string;
  sellerId: string | null;
  name: string;
  scopes: Scope[];
  /** The pages that may use it, by their origins; `null` does not ask where a request comes from. */
  origins: string[] | null;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  /** The key that was made to take its place. */
  replacedBy: number | null;
}

/** A key just made: the only time its secret is shown. */
export interface NewApiKey extends ApiKey {
  key: string;
}

/** The origin of a page as a browser sends it: `https://shop.example`. */
export const originSchema: z.ZodString = z
  .string()
  .max(300, "must have at most 300 characters")
  .refine((origin) => /^https?:/.test(origin) && URL.parse(origin)?.origin === origin, {
    error: ({ input }) => `must be an origin such as https://shop.example; ${String(input)} is none`,
  });

export const keyRequestSchema = z
  .strictObject({
    sellerId: sellerIdSchema.nullish(),
    name: visibleText(200).default("unnamed"),
    scopes: z.array(z.enum(scopes)).min(1, "must name at least one scope").default(["read", "write"]),
    expiresAt: momentSchema.nullish(),
    origins: z
      .array(originSchema)
      .min(1, "must name at least one origin")
      .max(20, "must name at most 20 origins")
      .nullish()
      .meta({ description: "Pages that may use it; a request of any other page is refused" }),
  })
  .superRefine(({ sellerId, scopes }, context) => {
    const admin = scopes.includes("admin");
    if (admin && sellerId != null)
      context.addIssue({
        code: "custom",
        path: ["scopes"],
        message: "a seller's key can not have the scope admin",
      });
    if (!admin && sellerId == null)
      context.addIssue({
        code: "custom",
        path: ["sellerId"],
        message: "is required, except for an admin key",
      });
  });
export interface KeyRequest extends z.input<typeof keyRequestSchema> {}

/** The longest time for which a key lives on beside the one that takes its place. */
export const mostOverlapMs: number = 30 * dayMs;

export const keyRotationSchema = z.strictObject({
  overlap: z
    .int("must be a whole number")
    .min(0, "must be 0 or more")
    .max(mostOverlapMs, "must be at most 30 days")
    .default(dayMs),
  expiresAt: momentSchema.nullish(),
});
export interface KeyRotation {
  /** How long the old key lives on, in milliseconds: a day when not said, 0 ends it at once. */
  overlap?: number;
  /** When the new key ends: with the old one's own end when not said, never with `null`. */
  expiresAt?: string | null;
}
