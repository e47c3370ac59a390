import type { ProductDescription } from "@amused/core";
import { z } from "zod";

/** As in shapes.ts: for the OpenAPI document. */
export const descriptionShape = z.object({
  description: z.string().meta({ description: "Plain text, at most 1,000 characters" }),
  model: z.string().nullable().meta({ description: "Null where no model wrote it" }),
  generatedAt: z.iso.datetime().meta({ description: "ISO 8601, UTC" }),
  reasons: z
    .array(z.object({ kind: z.string() }).catchall(z.unknown()))
    .meta({ description: "What it is made of, and why no model wrote it, if none did" }),
}) as z.ZodType<ProductDescription>;
