import {
  newProductSchema,
  productChangesSchema,
  productQuerySchema,
  productSearchSchema,
} from "@amused/core";
import { versionOf } from "../http/conditions.ts";
import { idOf } from "../http/path.ts";
import { answerReply, createdReply, emptyReply } from "../http/reply.ts";
import { descriptionShape } from "../openapi/description-shape.ts";
import { productSearchShape } from "../openapi/search-shape.ts";
import { pageShape, productShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

const tag = "Products";

export const productRoutes: Route[] = [
  {
    method: "POST",
    path: "/v1/products",
    id: "createProduct",
    tag,
    scope: "write",
    summary: "Make a product",
    description:
      "Only `name` is required. A `quantity` becomes the first movement of its ledger, with the reason `initial`.",
    body: { kind: "json", schema: newProductSchema },
    success: { status: 201, description: "The product; `Location` and `ETag` name it", schema: productShape },
    handle: async ({ house, context, body }) =>
      createdReply(
        await house.amused.services.products.create(context, body),
        (id) => `${house.base}/v1/products/${id}`,
      ),
  },
  {
    method: "GET",
    path: "/v1/products",
    id: "listProducts",
    tag,
    scope: "read",
    summary: "List products",
    description:
      "By id, or by `sort`. `search` finds words in names and SKUs, whatever their case and accents.",
    query: productQuerySchema,
    success: { status: 200, description: "A page of products", schema: pageShape(productShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.products.list(context, query)),
  },
  // Before the one with an id: the first that fits answers.
  {
    method: "GET",
    path: "/v1/products/search",
    id: "searchProducts",
    cost: 5,
    tag,
    scope: "read",
    summary: "Search products",
    description:
      "The best first, each with the reasons that decided: an exact SKU, then products that have all the words, then those like them, misspelt or (with an embedding model) in other words. Nothing found is an empty list.",
    query: productSearchSchema,
    success: { status: 200, description: "What was found", schema: productSearchShape },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.products.search(context, query)),
  },
  {
    method: "GET",
    path: "/v1/products/{id}",
    id: "getProduct",
    tag,
    scope: "read",
    summary: "Get a product",
    success: { status: 200, description: "The product", schema: productShape },
    handle: async ({ house, context, param }) =>
      answerReply(await house.amused.services.products.get(context, idOf(param("id")))),
  },
  {
    method: "PATCH",
    path: "/v1/products/{id}",
    id: "updateProduct",
    tag,
    scope: "write",
    summary: "Edit a product's description",
    description:
      "`null` clears what may be null; attributes are merged, and `null` takes one away. The quantity changes through stock, not here.",
    versioned: true,
    body: { kind: "json", schema: productChangesSchema },
    success: { status: 200, description: "The product as it is now", schema: productShape },
    async handle({ house, context, param, body, request }) {
      const version = versionOf(request.headers.get("if-match"));
      return answerReply(
        await house.amused.services.products.update(context, idOf(param("id")), body, version),
      );
    },
  },
  {
    method: "DELETE",
    path: "/v1/products/{id}",
    id: "deleteProduct",
    tag,
    scope: "write",
    summary: "Delete a product",
    description: "It leaves all lists and its SKU is free again; its events and sales stay.",
    versioned: true,
    success: { status: 204, description: "It is gone" },
    async handle({ house, context, param, request }) {
      const version = versionOf(request.headers.get("if-match"));
      return emptyReply(await house.amused.services.products.delete(context, idOf(param("id")), version));
    },
  },
  {
    method: "PUT",
    path: "/v1/products/{id}/image",
    id: "setProductImage",
    cost: 5,
    tag,
    scope: "write",
    summary: "Set a product's image",
    description:
      "The body is the image itself: png, jpeg, webp, avif or gif, told by its first bytes. What is not of the picture (where, when and by whom it was made) is taken out, and an avif with such metadata is refused; so are more than 50 million pixels.",
    versioned: true,
    body: { kind: "image" },
    success: { status: 200, description: "The product with its `imageUrl`", schema: productShape },
    async handle({ house, context, param, bytes, request }) {
      const version = versionOf(request.headers.get("if-match"));
      const image = bytes ?? new Uint8Array(0);
      return answerReply(
        await house.amused.services.products.setImage(context, idOf(param("id")), image, version),
      );
    },
  },
  {
    method: "POST",
    path: "/v1/products/{id}/describe",
    id: "describeProduct",
    cost: 5,
    tag,
    scope: "write",
    summary: "Suggest a description",
    description:
      "Writes nothing. A language model's text, where one is set up; that can cost money, hence the scope. Else, or when it fails, what is known of the product in a row: `model` is null then, and `reasons` says why.",
    success: { status: 200, description: "The suggestion", schema: descriptionShape },
    handle: async ({ house, context, param }) =>
      answerReply(await house.amused.services.products.describe(context, idOf(param("id")))),
  },
];
