export interface Ready {
  url: string;
  adminKey?: string;
  demo?: { seller: string; apiKey: string };
}

/** What the one who started the server needs next: where it is, a key, and three lines to try. */
export function welcome({ url, adminKey, demo }: Ready): string {
  const lines = ["", `  ${url}`, ""];
  if (adminKey !== undefined) lines.push(`  Admin key, shown this once: ${adminKey}`);
  if (demo !== undefined) lines.push(`  Key of the demo shop: ${demo.apiKey}`);
  const key = demo?.apiKey ?? "$KEY";
  if (demo === undefined)
    lines.push("", "  Make a key for a seller, as KEY:", `    ${makeKey(url, adminKey)}`);
  lines.push(
    "",
    "  Write:",
    `    curl ${url}/v1/products -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -d '{"name":"Green tea","price":"4.90","quantity":40}'`,
    "  Follow what happens:",
    `    curl -N '${url}/v1/events/stream' -H 'Authorization: Bearer ${key}'`,
    "  Read the API reference:",
    `    ${url}/docs`,
    "",
  );
  return lines.join("\n");
}

function makeKey(url: string, adminKey = "$ADMIN_KEY"): string {
  return `curl ${url}/v1/keys -H 'Authorization: Bearer ${adminKey}' -H 'Content-Type: application/json' -d '{"sellerId":"acme"}'`;
}
