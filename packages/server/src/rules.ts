import { z } from "zod";

// What options of the app and settings of the command are held to, so that both refuse the same.

export const adminKeySchema: z.ZodString = z
  .string()
  .regex(/^[\x21-\x7e]*$/, "must be visible ASCII characters")
  .min(32, "must have at least 32 characters");

export const streamSecretSchema: z.ZodString = z.string().min(32, "must have at least 32 characters");

export const metricsTokenSchema: z.ZodString = z.string().min(16, "must have at least 16 characters");

/** Milliseconds. */
export const heartbeatSchema: z.ZodNumber = z.number().min(100, "must be at least 100ms");

/** Milliseconds. */
export const timeoutSchema: z.ZodNumber = z
  .number()
  .min(100, "must be at least 100ms")
  .max(86_400_000, "must be at most 1d");

export const proxiesSchema: z.ZodInt = z
  .int("must be a whole number from 0 to 10")
  .min(0, "must be a whole number from 0 to 10")
  .max(10, "must be a whole number from 0 to 10");

export const countSchema: z.ZodInt = whole(999_999_999);

export const bytesSchema: z.ZodInt = whole(Number.MAX_SAFE_INTEGER);

function whole(most: number): z.ZodInt {
  const message = `must be a whole number from 1 to ${most}`;
  return z.int(message).min(1, message).max(most, message);
}

/** So much in a time of whole seconds. */
export const rateRule: z.ZodType<{ limit: number; windowMs: number }> = z.strictObject({
  limit: countSchema,
  windowMs: countSchema.multipleOf(1_000, "must be whole seconds, in milliseconds"),
});

export const originSchema: z.ZodString = z
  .string()
  .refine((origin) => origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin), {
    error: ({ input }) => `must hold origins such as https://shop.example; ${String(input)} is none`,
  });

/** Whoever answers there says who may come in, so that nobody on the way may. */
export const jwksUrlSchema: z.ZodString = z.string().refine((text) => {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback);
}, "must be an https address, such as https://id.example/.well-known/jwks.json; http is for this machine only");
