export { defaultTaxonomy } from "./categorise/default-taxonomy.ts";
