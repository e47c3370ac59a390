import { z } from "zod";
import { sellerIdSchema } from "./seller.ts";
import { visibleText } from "./text.ts";
import { momentSchema } from "./time.ts";

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
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

/** A key just made: the only time its secret is shown. */
export interface NewApiKey extends ApiKey {
  key: string;
}

export const keyRequestSchema = z
  .strictObject({
    sellerId: sellerIdSchema.nullish(),
    name: visibleText(200).default("unnamed"),
    scopes: z.array(z.enum(scopes)).min(1, "must name at least one scope").default(["read", "write"]),
    expiresAt: momentSchema.nullish(),
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
