import { escapeHtml, pageFrame } from "./page.ts";

/** The first page: what this is, where the API reference is, how to get a key. */
export function homePage(base: string): string {
  // From `/shop`, a relative link would lead out of the shop.
  const to = base === "" ? "" : `${escapeHtml(base)}/`;
  return pageFrame(
    "Amused",
    `<h1>Amused</h1>
<p class="lead">A product, stock and sales API in which every change is an event that you can follow live.</p>
<h2>The API</h2>
<p>Every route is described in the <a href="${to}docs">API reference</a>, made from <a href="${to}openapi.json">openapi.json</a>. There is no web console in this version.</p>
<h2>A key</h2>
<p>Nothing is open by default. Whoever started this server was shown an admin key, or has set <code>AMUSED_ADMIN_KEY</code>. With it, make a key for a seller:</p>
<pre>curl -X POST "$URL/v1/keys" -H "Authorization: Bearer $ADMIN_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"sellerId":"acme","name":"first","scopes":["read","write"]}'</pre>
<p>or, on the machine of the server while it is stopped (or runs on PostgreSQL): <code>amused keys create --seller acme --scopes read,write</code></p>
<h2>Then</h2>
<pre>curl -X POST "$URL/v1/products" -H "Authorization: Bearer $KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"name":"Green tea","price":"4.90","quantity":40}'

curl -N "$URL/v1/events/stream?after=start" -H "Authorization: Bearer $KEY"</pre>
<p class="lead">Health: <a href="${to}health/live">live</a> · <a href="${to}health/ready">ready</a></p>`,
  );
}
