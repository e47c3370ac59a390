/** The columns of a products file beside those of attributes; each is named as the product's field. */
export const productColumns = [
  ...(["sku", "name", "description", "price", "currency", "quantity", "category"] as const),
  ...(["reorderPoint", "leadTimeDays", "serviceLevel", "packSize", "minimumOrder"] as const),
];
