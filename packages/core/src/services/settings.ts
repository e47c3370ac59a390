import { encodedValue } from "../domain/encoded.ts";
import { parse } from "../domain/parse.ts";
import { replenishmentNames } from "../domain/replenishment.ts";
import { defaultSettings, type SellerSettings, settingsChangesSchema } from "../domain/settings.ts";
import { answerRead, answerWritten, checkSees, commandOf, type Deps } from "./deps.ts";
import type { Answer, Services } from "./services.ts";

/** What a seller has decided for all products. */
export function settingsService(deps: Deps): Services["settings"] {
  const { repositories, transaction } = deps;
  return {
    async get(context) {
      checkSees(context);
      return whole(
        await answerRead(deps, context.sellerId, await repositories.settings.find(context.sellerId)),
      );
    },

    async update(context, input) {
      const changes = parse(settingsChangesSchema, input);
      const expires = replenishmentNames.some((name) => changes[name] !== undefined);
      const written = await transaction(async ({ settings, predictions }) => {
        const written = await settings.update(commandOf(deps, context), changes);
        // After it, when the log is ours until the commit: what others save before that is seen here, and what they save later
        // knows of it.
        if (expires && written.position !== null) await predictions.expire(context.sellerId);
        return written;
      });
      return whole(answerWritten(deps, context.sellerId, written));
    },
  };
}

const whole = (answer: Answer<Partial<SellerSettings>>): Answer<SellerSettings> => ({
  ...answer,
  body: encodedValue({ ...defaultSettings, ...answer.body.value }),
});

/** What holds for a seller, set or not. */
export async function settingsOf(
  { repositories }: Pick<Deps, "repositories">,
  sellerId: string,
): Promise<SellerSettings> {
  return { ...defaultSettings, ...(await repositories.settings.find(sellerId)).body.value };
}
