import { createClient, type Product } from "@amused/client";

const shop = createClient({
  baseUrl: location.origin,
  token: async () => {
    const answer = await fetch("/token", { method: "POST" });
    if (!answer.ok) throw new Error(`no token: ${answer.status}`);
    return ((await answer.json()) as { token: string }).token;
  },
});

const products = new Map<number, Product>();
const element = (id: string) => document.getElementById(id) as HTMLElement;

/** The list as it is, and the position in the stream at which it was so. */
async function load(): Promise<string> {
  const answer = await fetch("/products");
  if (!answer.ok) throw new Error(`no products: ${answer.status}`);
  const { items } = (await answer.json()) as { items: Product[] };
  products.clear();
  for (const product of items) products.set(product.id, product);
  showAll();
  return answer.headers.get("amused-cursor") ?? "start";
}

/** Follows the stream from where the list was taken, so that nothing between the two is missed. */
async function follow(from: string): Promise<void> {
  for await (const event of shop.events.subscribe({ from, types: ["product.*", "stock.*", "sale.*"] })) {
    if (event.type === "stream.reset") {
      await load();
      note("The list was loaded afresh", event.payload.reason);
      continue;
    }
    const known = event.productId === null ? undefined : products.get(event.productId);
    switch (event.type) {
      case "product.created":
      case "product.updated":
        products.set(event.payload.product.id, event.payload.product);
        showAll();
        break;
      case "product.deleted":
        products.delete(event.payload.product.id);
        showAll();
        break;
      case "stock.adjusted":
        setStock(known, event.payload.quantity);
        break;
      case "sale.recorded":
      case "sale.returned":
        setStock(known, event.payload.remaining);
        break;
    }
    note(known?.name ?? "", event.type, event.createdAt);
  }
}

function setStock(product: Product | undefined, quantity: number): void {
  if (!product) return;
  product.quantity = quantity;
  show(product, true);
}

function showAll(): void {
  element("products").replaceChildren();
  for (const product of [...products.values()].sort((a, b) => a.name.localeCompare(b.name))) show(product);
}

function show({ id, name, sku, price, currency, quantity }: Product, changed = false): void {
  const shown = element("products").querySelector<HTMLElement>(`[data-id="${id}"]`);
  const row = shown ?? copyOf("product");
  const button = row.querySelector("button") as HTMLButtonElement;
  const inCurrency = new Intl.NumberFormat(undefined, { style: "currency", currency });
  fill(row, { name, sku: sku ?? "", price: inCurrency.format(Number(price)), quantity: String(quantity) });
  row.dataset.id = String(id);
  row.classList.toggle("low", quantity <= 5);
  row.classList.remove("changed");
  // Looked at in between, so that the animation starts again.
  if (changed && row.offsetWidth > 0) row.classList.add("changed");
  button.disabled = quantity === 0;
  button.ariaLabel = `Sell one ${name}`;
  button.onclick = () => void sell(id, name);
  if (!shown) element("products").append(row);
}

/** What changes by it comes back over the stream, to this tab as to all others. */
async function sell(productId: number, name: string): Promise<void> {
  const body = JSON.stringify({ productId });
  const answer = await fetch("/sell", { method: "POST", body }).catch(() => undefined);
  if (!answer?.ok) note(name, (await answer?.text()) ?? "not sold: the server can not be reached");
}

function note(what: string, type: string, time = new Date().toISOString()): void {
  const line = copyOf("event");
  fill(line, { what, type, time: new Date(time).toLocaleTimeString() });
  element("events").prepend(line);
  element("events").children[30]?.remove();
}

function copyOf(template: string): HTMLElement {
  const { content } = element(template) as HTMLTemplateElement;
  return (content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
}

function fill(inside: HTMLElement, texts: Record<string, string>): void {
  for (const [part, text] of Object.entries(texts)) {
    const place = inside.querySelector(`[data-part=${part}]`);
    if (place) place.textContent = text;
  }
}

/** Whether the server answers, asked for itself: a stream that says nothing may be quiet or dead. */
async function watch(): Promise<void> {
  let heardAt = new Date();
  for (;;) {
    try {
      const options = { cache: "no-store", signal: AbortSignal.timeout(4_000) } as const;
      if (!(await fetch("/health/live", options)).ok) throw new Error("not well");
      heardAt = new Date();
      tell("live", "Live");
    } catch {
      tell("lost", `No connection: this is how it was at ${heardAt.toLocaleTimeString()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
}

function tell(state: "live" | "lost" | "over", text: string): void {
  if (element("state").dataset.state === "over") return;
  element("state").dataset.state = state;
  element("state").textContent = text;
}

void watch();
try {
  await follow(await load());
} catch (error) {
  tell("over", `No longer followed. ${(error as Error).message} Load the page again.`);
}
