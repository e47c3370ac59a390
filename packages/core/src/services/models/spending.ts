import { dateOf } from "../../domain/time.ts";
import type { Budget } from "./limits.ts";

/** A call that was let through, and what it is taken to cost until that is known. */
export interface Charge {
  /** Sets what it cost in place of what was expected. */
  settle(tokens: number): void;
}

/**
 * What sellers may use in a day (UTC). A call is charged what it can cost at most before it is made: many at once must not
 * all see the same rest. Counted in this process, and forgotten when it ends.
 */
export function spending(budget: Budget, now: () => Date) {
  let day = "";
  let all = { calls: 0, tokens: 0 };
  let sellers = new Map<string, typeof all>();

  return {
    /** `null` when the call would go beyond the budget. */
    charge(sellerId: string, tokens: number): Charge | null {
      const today = dateOf(now());
      // A clock that goes back does not give the day's budget twice.
      if (today > day) {
        day = today;
        all = { calls: 0, tokens: 0 };
        sellers = new Map();
      }
      const seller = sellers.get(sellerId) ?? { calls: 0, tokens: 0 };
      const over = (used: number, limit: number | null) => limit !== null && used > limit;
      if (
        over(all.calls + 1, budget.calls) ||
        over(seller.calls + 1, budget.sellerCalls) ||
        over(all.tokens + tokens, budget.tokens) ||
        over(seller.tokens + tokens, budget.sellerTokens)
      )
        return null;
      sellers.set(sellerId, seller);
      let charged = 0;
      // What is settled after midnight belongs to the day that is over.
      const [everyone, one] = [all, seller];
      const add = (more: number) => {
        everyone.tokens += more;
        one.tokens += more;
        charged += more;
      };
      everyone.calls++;
      one.calls++;
      add(tokens);
      return { settle: (cost) => add(cost - charged) };
    },
  };
}

/** About how many tokens a text is: three bytes each, which is rather too many for English and about right for the rest. */
export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3);
}
