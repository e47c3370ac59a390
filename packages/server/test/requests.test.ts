import { memoryStore } from "@amused/core";
import { test } from "vitest";
import { proveRequests } from "./support/requests/prove.ts";

test(
  "of a thousand requests, right and wrong, none is a fault of ours, each answer is as declared, and a refusal changes nothing",
  {
    timeout: 120_000,
  },
  () => proveRequests({ seed: 1, shops: 10, requests: 100, open: (now) => memoryStore({ now }) }),
);
