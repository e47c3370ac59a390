import type { Route } from "../routes/route.ts";
import { escapeHtml, pageFrame } from "./page.ts";

/** The API reference: the library's page where its script is at hand; a plain list without it, and without scripts. */
export function docsPage(routes: readonly Route[], scripted: boolean): string {
  const list = plainList(routes);
  if (!scripted) return pageFrame("Amused: API reference", list);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Amused: API reference</title>
<link rel="icon" href="data:,">
<style>body { margin: 0; }</style>
</head>
<body>
<div id="app"></div>
<noscript>${list}</noscript>
<script src="docs/reference.js"></script>
</body>
</html>
`;
}

function plainList(routes: readonly Route[]): string {
  const tags = Map.groupBy(routes, ({ tag }) => tag);
  const parts = [...tags].map(([tag, routes]) => {
    const rows = routes.map(
      ({ method, path, summary }) =>
        `<tr><td><code>${method} ${escapeHtml(path)}</code></td><td>${escapeHtml(summary)}</td></tr>`,
    );
    return `<h2>${escapeHtml(tag)}</h2>\n<table>${rows.join("\n")}</table>`;
  });
  return `<h1>API reference</h1>\n<p class="lead">In full: <a href="openapi.json">openapi.json</a></p>\n${parts.join("\n")}`;
}
