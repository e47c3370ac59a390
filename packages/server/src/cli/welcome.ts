export interface Ready {
  url: string;
  adminKey?: string;
  demo?: { seller: string; apiKey: string };
}

/** What the one who started the server needs next: where it is, a key, and three lines to try, which a shell takes as they stand. */
export function welcome({ url, adminKey, demo }: Ready): string {
  const lines = ["", `  ${url}`, ""];
  if (adminKey !== undefined) lines.push(`  Admin key, shown this once: ${adminKey}`);
  if (demo !== undefined) lines.push(`  Key of the demo shop: ${demo.apiKey}`);
  else if (adminKey !== undefined)
    lines.push("", "  Make a key for a seller:", `    ${makeKey(url, adminKey)}`);
  else
    lines.push(
      "  Make a key for a seller, with the admin key (shown at the first start, or AMUSED_ADMIN_KEY) as ADMIN_KEY:",
      `    ${makeKey(url, "$ADMIN_KEY")}`,
    );
  const key = demo?.apiKey ?? "$KEY";
  lines.push(
    "",
    "  Write:",
    `    curl ${url}/v1/products -H "Authorization: Bearer ${key}" -H 'Content-Type: application/json' -d '{"name":"Green tea","price":"4.90","quantity":40}'`,
    "  Follow what happens:",
    `    curl -N '${url}/v1/events/stream?after=start' -H "Authorization: Bearer ${key}"`,
    "  Read the API reference:",
    `    ${url}/docs`,
    "",
  );
  return lines.join("\n");
}

/** Sets KEY with nothing but curl and the shell. */
function makeKey(url: string, adminKey: string): string {
  return `KEY=$(curl -fsS ${url}/v1/keys -H "Authorization: Bearer ${adminKey}" -H 'Content-Type: application/json' -d '{"sellerId":"acme"}' | sed 's/.*"key":"\\([^"]*\\)".*/\\1/')`;
}
