import { expect, test } from "vitest";
import { tenantsAreApart } from "./support/tenants/apart.ts";
import { attemptsOf, type Operation, sellerOperations } from "./support/tenants/operations.ts";
import { neverWas } from "./support/tenants/shop.ts";
import { inMemory } from "./support/tenants/world.ts";

test("an operation that the test does not know how to fill is told, with what to add", () => {
  const [known] = sellerOperations as [Operation];
  const parameter = { name: "customer", schema: {} };
  const told: [Partial<Operation>, string][] = [
    [{ path: "/v1/customers/{id}" }, "the path /v1/customers/{id}. Add it to pathNames"],
    [{ id: "createCustomer" }, "the body of createCustomer. Add it to bodies"],
    [
      { parameters: [{ ...parameter, in: "query" }] },
      "the parameter customer of createProduct. Add it to naming",
    ],
    [{ parameters: [{ ...parameter, in: "header" }] }, "the header customer. Add it to namingHeaders"],
  ];
  const names = neverWas("x");
  for (const [news, message] of told)
    expect(() => attemptsOf({ ...known, ...news }).map(({ fill }) => fill(names, names))).toThrow(message);
});

tenantsAreApart("in memory", inMemory);
