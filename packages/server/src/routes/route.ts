import type { Context } from "@amused/core";
import type { z } from "zod";
import type { Access } from "../auth/access.ts";
import type { House } from "../house.ts";
import type { Query } from "../http/query.ts";
import type { Reply } from "../http/reply.ts";
import type { Stranger } from "../limits/guard.ts";
import type { NodeResponse } from "../stream/node-sink.ts";

/** A request on its way to a handler. */
export interface Call extends Stranger {
  readonly house: House;
  readonly requestId: string;
  /** Node's own response, where Node is the host. */
  readonly response: NodeResponse | null;
  param(name: string): string | undefined;
  /** Parameters as values; what the route does not describe has been refused. */
  readonly query: Query;
}

/** A request whose sender is known. */
export interface AdminCall extends Call {
  readonly access: Access;
  readonly context: Omit<Context, "sellerId">;
  /** The JSON body as a value; `undefined` when there was none. Services check it. */
  readonly body: unknown;
}

/** A request for one seller. */
export interface SellerCall extends AdminCall {
  readonly context: Context;
  /** The body as bytes, where the route takes a raw one. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

/** What a route answers in its good case; the refusals are the same for all. */
export interface Success {
  status: 200 | 201 | 204;
  description: string;
  /** What 202 with the same body says, where it may take longer. */
  later?: string;
  /** The schema of a JSON body. */
  schema?: z.ZodType;
  /** Media types of a body that is not JSON. */
  types?: readonly [string, ...string[]];
}

/** What a route takes as its body. */
export type RequestBody =
  | { kind: "json"; schema: z.ZodType; optional?: true }
  /** Read whole, within the limit for images. */
  | { kind: "image" }
  /** Handed on as it comes, within the limit for imports. */
  | { kind: "file"; types: readonly [string, ...string[]] };

interface Described {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** As OpenAPI writes it: `/v1/products/{id}`. */
  path: `/${string}`;
  /** The operation's name in the OpenAPI document. */
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** Describes the parameters; the service checks them with the same schema. */
  query?: z.ZodObject;
  body?: RequestBody;
  success: Success;
  /** As how many requests it counts against the rate limit; 1 when not said. */
  cost?: number;
  /** Takes `If-Match`. */
  versioned?: true;
}

/** Open to everyone. */
export interface PublicRoute extends Described {
  scope: "public";
  handle(call: Call): Promise<Reply> | Reply;
}

/** For administrators, and for no seller in particular. */
export interface AdminRoute extends Described {
  scope: "admin";
  handle(call: AdminCall): Promise<Reply>;
}

/** For one seller. A `stream` route needs `read` and takes stream tokens too. */
export interface SellerRoute extends Described {
  scope: "read" | "write" | "stream";
  handle(call: SellerCall): Promise<Reply>;
}

/** One operation, described once: the HTTP routes and the OpenAPI document are made of these. Each declares its scope. */
export type Route = PublicRoute | AdminRoute | SellerRoute;
