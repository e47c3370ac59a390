import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** One answer, or the lack of it, and how long it took. */
export interface Answered {
  status: number;
  retryAfter: string | null;
  code: string | undefined;
  detail: string | undefined;
  ms: number;
}

export async function ask(
  url: string,
  key: string,
  method = "GET",
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const from = performance.now();
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { code, detail } = (await response.json()) as { code?: string; detail?: string };
  const ms = performance.now() - from;
  return { status: response.status, retryAfter: response.headers.get("retry-after"), code, detail, ms };
}

/** A write that is sent until it has been acknowledged, under one key. */
export interface Sale {
  orderId: string;
  acknowledged: boolean;
  /** Whether it was ever answered without knowing what became of it. */
  wasUnknown: boolean;
}

/** Somebody who sells all the time, and somebody who looks: every answer they get is kept. */
export interface Traffic {
  answers: Answered[];
  sales: Sale[];
  /** Settled when nobody sells or looks any more; broken where the server is gone. */
  ended: Promise<unknown>;
  /** Ends it, and sends every sale without an acknowledgement again until it has one. */
  settle(): Promise<void>;
}

export function traffic(url: string, key: string, productId: number, sellers = 3): Traffic {
  const answers: Answered[] = [];
  const sales: Sale[] = [];
  let going = true;

  async function send(sale: Sale): Promise<Answered> {
    const lines = [{ productId, quantity: 1 }];
    const answer = await ask(
      `${url}/v1/sales`,
      key,
      "POST",
      { orderId: sale.orderId, lines },
      {
        "idempotency-key": sale.orderId,
      },
    );
    answers.push(answer);
    if (answer.status === 201) sale.acknowledged = true;
    else if (answer.detail?.includes("may or may not")) sale.wasUnknown = true;
    return answer;
  }

  async function sell(n: number): Promise<void> {
    for (let i = 0; going; i++) {
      const sale: Sale = { orderId: `order-${n}-${i}`, acknowledged: false, wasUnknown: false };
      sales.push(sale);
      await send(sale);
      await sleep(5);
    }
  }

  async function look(): Promise<void> {
    while (going) {
      answers.push(await ask(`${url}/v1/products`, key));
      await sleep(20);
    }
  }

  const done = Promise.all([...Array.from({ length: sellers }, (_, n) => sell(n)), look()]);
  // Whoever waits for it hears of it.
  done.catch(() => {});
  onTestFinished(() => {
    going = false;
  });
  return {
    answers,
    sales,
    ended: done,
    async settle() {
      going = false;
      await done;
      for (const sale of sales)
        while (!sale.acknowledged) if ((await send(sale)).status !== 201) await sleep(50);
    },
  };
}
