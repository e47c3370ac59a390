import type { ProductDescription } from "../domain/description.ts";
import { encodedValue } from "../domain/encoded.ts";
import { notFound } from "../errors.ts";
import { answerRead, checkSees, type Deps } from "./deps.ts";
import { describe, plainDescription } from "./models/describe.ts";
import type { Answer, Context } from "./services.ts";

/** Suggests a description: a language model's, or else what is known of the product. Writes nothing. */
export async function describeProduct(
  deps: Deps,
  context: Context,
  id: number,
): Promise<Answer<ProductDescription>> {
  checkSees(context);
  const found = await deps.repositories.products.find(context.sellerId, id);
  if (found === null) throw notFound("product", id);
  const product = found.body.value;
  const tried = await deps.models.tryLanguage(context.sellerId, describe(product));
  const fields = [
    "name",
    ...(product.category === null ? [] : ["category"]),
    ...Object.keys(product.attributes).map((name) => `attributes.${name}`),
  ];
  const madeFrom = { kind: "made_from", fields };
  const description: ProductDescription = tried.ok
    ? {
        description: tried.value,
        model: tried.model,
        generatedAt: tried.generatedAt,
        reasons: [madeFrom],
      }
    : {
        description: plainDescription(product),
        model: null,
        generatedAt: deps.now().toISOString(),
        reasons: [madeFrom, { kind: "no_model", reason: tried.reason, message: tried.message }],
      };
  return answerRead(deps, context.sellerId, { body: encodedValue(description), head: found.head });
}
