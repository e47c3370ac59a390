import { homePage } from "../pages/home.ts";
import { pageReply } from "../pages/page.ts";
import { scriptReply } from "../pages/script.ts";
import type { Route } from "./route.ts";

const tag = "Pages";

export const pageRoutes: Route[] = [
  {
    method: "GET",
    path: "/",
    id: "home",
    tag,
    scope: "public",
    summary: "Where to go from here",
    success: { status: 200, description: "A page", types: ["text/html"] },
    handle: ({ house }) => pageReply(homePage(house.base)),
  },
  {
    method: "GET",
    path: "/docs",
    id: "docs",
    tag,
    scope: "public",
    summary: "The API reference",
    success: { status: 200, description: "A page", types: ["text/html"] },
    handle: ({ house }) => pageReply(house.texts.docs()),
  },
  {
    method: "GET",
    path: "/docs/reference.js",
    id: "docsScript",
    tag,
    scope: "public",
    summary: "The API reference's script",
    success: { status: 200, description: "A script", types: ["text/javascript"] },
    handle: scriptReply,
  },
  {
    method: "GET",
    path: "/openapi.json",
    id: "openapi",
    tag,
    scope: "public",
    summary: "This description",
    success: { status: 200, description: "OpenAPI 3.1", types: ["application/json"] },
    handle: ({ house }) => ({
      status: 200,
      headers: { "content-type": "application/json", "cache-control": "no-cache" },
      body: house.texts.document(),
    }),
  },
];
