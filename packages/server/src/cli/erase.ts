import { Refusal } from "./fail.ts";
import { withData } from "./house.ts";
import { readSettings } from "./settings.ts";

export interface EraseFlags {
  seller: string;
  yes?: boolean;
  json?: boolean;
  data?: string;
}

const askMs = 250;

/** `amused erase`: erases a seller and waits until that is done. Cut off, the next call or a server goes on. */
export async function erase({ seller, yes, json, data }: EraseFlags): Promise<void> {
  if (!yes)
    throw new Refusal(
      `This erases everything of the seller ${seller} for good: products, sales, log, keys and images. Say --yes to do it.`,
    );
  await withData(readSettings({ AMUSED_DATA: data }, process.env), async (amused) => {
    let erasure = await amused.sellers.erase(seller, { actor: "cli" });
    while (erasure.state === "erasing") {
      await new Promise((resolve) => setTimeout(resolve, askMs));
      erasure = await amused.sellers.erasure(seller);
    }
    const { rows, finishedAt } = erasure;
    console.log(json ? JSON.stringify(erasure) : `${seller} is erased since ${finishedAt}: ${rows} rows.`);
  });
}
