import { inject, test } from "vitest";
import { tenantsAreApart } from "./support/tenants/apart.ts";
import { onPostgres } from "./support/tenants/world.ts";

const url = inject("databaseUrl");
if (url === null) test.skip(`tenants on PostgreSQL: ${inject("databaseMissing")}`);
else tenantsAreApart("on PostgreSQL with row-level security", () => onPostgres(url));
