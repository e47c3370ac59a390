import { encodedValue, ended, memoryStore, type Repositories, type Store } from "@amused/core";
import { expect, test } from "vitest";
import { defaultSizes } from "../src/bench.ts";
import { later } from "../src/commands.ts";
import { storePromises } from "../src/index.ts";

// A suite that nothing can fail says nothing, so here stores break their word, one way each.

type Method = (...given: never[]) => unknown;
type Broken = { [Noun in keyof Repositories]?: Partial<Repositories[Noun]> } & Partial<
  Omit<Store, keyof Repositories>
>;

/** A store that is right but for some methods, in its transactions too. */
function broken(breaking: (store: Repositories, whole: Store) => Broken): Store {
  const store = memoryStore();
  const mixed = <R extends Repositories>(repositories: R): R => {
    const faults = breaking(repositories, store) as Record<string, object | Method>;
    const merged = Object.entries({ ...repositories, ...faults }).map(([name, part]) => [
      name,
      typeof part === "function" ? part : { ...repositories[name as keyof Repositories], ...faults[name] },
    ]);
    return Object.fromEntries(merged);
  };
  const transaction: Store["transaction"] = (work) =>
    store.transaction((repositories) => work(mixed(repositories)));
  return mixed<Store>({ ...store, transaction });
}

/** The promises of a group that a store breaks. */
async function brokenPromises(about: string, store: Store): Promise<string[]> {
  const group = storePromises.find((group) => group.about.includes(about));
  if (group === undefined) throw new Error(`There is no group about ${about}.`);
  const failed: string[] = [];
  let sellers = 0;
  const seller = () => `seller-${String(++sellers).padStart(5, "0")}`;
  for (const { title, needs, keep } of group.promises) {
    if (needs !== undefined) continue;
    const bench = {
      store,
      stores: [store] as const,
      sizes: defaultSizes,
      seed: 1,
      seller,
      reopen: undefined,
      crash: undefined,
    };
    await keep(bench).catch(() => failed.push(title));
  }
  return failed;
}

const unkeyed = <C extends { idempotency: unknown }>(command: C) => ({ ...command, idempotency: null });

const faults: [what: string, about: string, promise: RegExp, store: () => Store][] = [
  [
    "raises an alert beside one that somebody resolved",
    "alerts are raised",
    /one is current/,
    () =>
      broken((store) => ({
        alerts: {
          write: async (command, steps) => {
            for (const { productId, kind } of steps.open)
              for (const alert of (await store.alerts.watch(command.sellerId, productId)).alerts)
                if (alert.kind === kind && alert.state === "resolved")
                  await store.alerts.write(unkeyed(command), {
                    ...{ open: [], change: [ended(alert, "cause_gone", command.at.toISOString())] },
                  });
            return store.alerts.write(command, steps);
          },
        },
      })),
  ],
  [
    "changes an alert from whatever version it has",
    "alerts are raised",
    /from the version it was decided on/,
    () =>
      broken((store) => ({
        alerts: {
          write: async (command, { open, change }) => {
            const known = change.map(async (one) => {
              const found = await store.alerts.find(command.sellerId, one.id);
              return { ...one, version: found?.body.value.version ?? one.version };
            });
            return store.alerts.write(command, { open, change: await Promise.all(known) });
          },
        },
      })),
  ],
  [
    "lets people be told of what is withdrawn at that moment",
    "alerts are raised",
    /must look again/,
    () =>
      broken((store) => {
        const versions = new Map<number, number>();
        return {
          alerts: {
            told: async (sellerId, id, at) => {
              versions.set(id, 2);
              return store.alerts.told(sellerId, id, at);
            },
            write: (command, { open, change }) => {
              const known = change.map((one) => ({ ...one, version: versions.get(one.id) ?? one.version }));
              return store.alerts.write(command, { open, change: known });
            },
          },
        };
      }),
  ],
  [
    "wakes what is not clear for long enough",
    "alerts are listed",
    /due are those/,
    () =>
      broken((store) => ({
        alerts: { due: (request) => store.alerts.due({ ...request, clearSince: request.now }) },
      })),
  ],
  [
    "does not undo a transaction",
    "or nothing",
    /transaction that throws/,
    () => broken((_, whole) => ({ transaction: (work) => work(whole) })),
  ],
  [
    "leaves a hole where a transaction failed",
    "one order",
    /many writers/,
    () => {
      let failed = 0;
      return broken((store, whole) => ({
        transaction: (work) =>
          whole.transaction(work).catch((error) => {
            failed++;
            throw error;
          }),
        events: {
          read: async (sellerId, request) => {
            const run = await store.events.read(sellerId, request);
            return (
              run && {
                ...run,
                events: run.events.map((event) => ({ ...event, seq: event.seq + Math.min(1, failed) })),
              }
            );
          },
        },
      }));
    },
  ],
  [
    "loses an event to a reader at the head",
    "one order",
    /many writers/,
    () => {
      let reads = 0;
      return broken((store) => ({
        events: {
          read: async (sellerId, request) => {
            const run = await store.events.read(sellerId, request);
            return run && (++reads % 7 === 0 ? { ...run, events: run.events.slice(1) } : run);
          },
        },
      }));
    },
  ],
  [
    "checks stock before it takes it",
    "never sold twice",
    /many buyers/,
    () =>
      broken((store) => ({
        sales: {
          record: (command, sale) =>
            // As if nobody else had bought between the look and the taking.
            store.sales.record(command, sale).catch(async (error) => {
              const change = {
                productId: sale.lines[0]?.productId ?? 0,
                change: { delta: 1 },
                reason: "x",
                expected: null,
              };
              if (sale.lines.length > 1) throw error;
              await store.stock.change(unkeyed(command), change);
              return store.sales.record(command, sale);
            }),
        },
      })),
  ],
  [
    "takes an order line by line",
    "never sold twice",
    /opposite order/,
    () =>
      broken((store) => ({
        sales: {
          record: async (command, sale) => {
            const sales = [];
            let last = null;
            for (const line of sale.lines) {
              last = await store.sales.record(command, { ...sale, lines: [line] });
              sales.push(...last.body.value.sales);
            }
            return {
              ...(last as NonNullable<typeof last>),
              body: { value: { sales }, text: JSON.stringify({ sales }) },
            };
          },
        },
      })),
  ],
  [
    "forgets idempotency keys of sales",
    "one effect",
    /a sale of the last one/,
    () =>
      broken((store) => ({
        sales: { record: (command, sale) => store.sales.record(unkeyed(command), sale) },
      })),
  ],
  [
    "keeps the key of a refused command",
    "one effect",
    /key of a refused command is free/,
    () =>
      broken((store) => ({
        sales: {
          record: async (command, sale) => {
            try {
              return await store.sales.record(command, sale);
            } catch (error) {
              await store.idempotency.begin(command, 60_000);
              throw error;
            }
          },
        },
      })),
  ],
  [
    "keeps all sellers together",
    "neither sees nor changes",
    /whatever one seller tries/,
    () =>
      broken((store) => ({
        stock: { movements: (_, productId, page) => store.stock.movements("seller-00001", productId, page) },
      })),
  ],
  [
    "lists sales of every seller",
    "neither sees nor changes",
    /whatever one seller tries/,
    () => broken((store) => ({ sales: { list: (_, filter) => store.sales.list("seller-00001", filter) } })),
  ],
  [
    "takes sellers' names for the same that look the same",
    "neither sees nor changes",
    /names that are alike/,
    () =>
      broken((store) => ({
        engines: {
          load: (sellerId, engine) => store.engines.load(sellerId.normalize(), engine),
          save: (sellerId, engine, state) => store.engines.save(sellerId.normalize(), engine, state),
        },
      })),
  ],
  [
    "pages by counting rows",
    "read page by page",
    /by price/,
    () =>
      broken((store) => ({
        products: {
          list: async (sellerId, { after, limit, ...filter }) => {
            const skip = after === null ? 0 : Number(after.key);
            const all = await store.products.list(sellerId, { ...filter, limit: 10_000, after: null });
            const value = all.body.value.slice(skip, skip + limit);
            const more = all.body.value.length > skip + limit;
            const last = more ? { key: String(skip + limit), id: value.at(-1)?.id ?? 0 } : null;
            return { ...all, body: { value, text: JSON.stringify(value) }, last };
          },
        },
      })),
  ],
  [
    "finds any of the words",
    "found by words",
    /every word/,
    () =>
      broken((store) => ({
        products: {
          list: (sellerId, filter) =>
            store.products.list(sellerId, { ...filter, words: filter.words.slice(0, 1) }),
        },
      })),
  ],
  [
    "lets the last edit win",
    "what was last said",
    /edits at once/,
    () =>
      broken((store) => ({
        products: {
          update: async (command, edit) => {
            let written = await store.products.update(command, edit);
            while (written === null) {
              const found = await store.products.find(command.sellerId, edit.id);
              if (found === null) return null;
              const { version } = found.body.value;
              written = await store.products.update(command, { ...edit, version });
            }
            return written;
          },
        },
      })),
  ],
  [
    "writes the good part of a batch",
    "a batch whole",
    /nothing of the batch/,
    () =>
      broken((store) => ({
        products: {
          import: async (command, batch) => {
            const written = await store.products.import(command, batch);
            if (written === null)
              await store.products.import(unkeyed(command), { create: [], update: batch.update.slice(0, 1) });
            return written;
          },
        },
      })),
  ],
  [
    "counts money in floating point",
    "told as they were made",
    /exact revenue/,
    () =>
      broken((store) => ({
        sales: {
          daily: async (...asked) => {
            const read = await store.sales.daily(...asked);
            const value =
              read?.body.value.map((day) => ({ ...day, revenue: Number(day.revenue).toFixed(2) })) ?? [];
            return read && { ...read, body: { value, text: JSON.stringify(value) } };
          },
        },
      })),
  ],
  [
    "loses what JSON can hold",
    "comes out as it was",
    /any JSON/,
    () =>
      broken((store) => ({
        events: {
          append: (command, drafts) =>
            store.events.append(
              command,
              drafts.map((draft) => ({
                ...draft,
                payload: JSON.parse(JSON.stringify(draft.payload).replace(/[\u{10000}-\u{10ffff}]/gu, "?")),
              })),
            ),
        },
      })),
  ],
  [
    "lets go of one event too many",
    "old events",
    /newest stay/,
    () =>
      broken((store) => ({
        events: { prune: (request) => store.events.prune({ ...request, keep: request.keep - 1 }) },
      })),
  ],
  [
    "lets go of everything at once",
    "old events",
    /no more than its limit/,
    () =>
      broken((store) => ({
        events: { prune: (request) => store.events.prune({ ...request, limit: 5_000 }) },
      })),
  ],
  [
    "lets go of whatever is old, wherever it stands",
    "old events",
    /older than a moment/,
    () =>
      broken((store) => ({
        events: {
          read: async (sellerId, request) => {
            const run = await store.events.read(sellerId, request);
            const old = (text: string) => JSON.parse(text).createdAt === later(20).toISOString();
            return run && { ...run, events: run.events.filter(({ text }) => run.oldest === 1 || !old(text)) };
          },
        },
      })),
  ],
  [
    "forgets the head with the events",
    "old events",
    /has its head still/,
    () =>
      broken((store) => ({
        events: {
          read: async (sellerId, request) => {
            const run = await store.events.read(sellerId, request);
            return run && { ...run, head: run.events.at(-1)?.seq ?? 0 };
          },
        },
      })),
  ],
  [
    "moves a checkpoint for whoever asks",
    "consumers of the log",
    /changes nothing, whatever is tried/,
    () => {
      const holders = new Map<string, string>();
      return broken((store) => ({
        consumers: {
          claim: async (request) => {
            const claims = await store.consumers.claim(request);
            for (const { sellerId } of claims) holders.set(sellerId, request.token);
            return claims;
          },
          advance: (lease, step) =>
            store.consumers.advance({ ...lease, token: holders.get(lease.sellerId) ?? lease.token }, step),
        },
      }));
    },
  ],
  [
    "gives a leased seller to a second one",
    "consumers of the log",
    /claimed by one at a time/,
    () =>
      broken((store) => ({
        consumers: {
          claim: (request) =>
            store.consumers.claim({
              ...request,
              at: later(50_000),
              until: new Date(request.at.getTime() + 1),
            }),
        },
      })),
  ],
  [
    "writes a dead letter though the lease is lost",
    "consumers of the log",
    /changes nothing, whatever is tried/,
    () => {
      let last = "";
      return broken((store) => ({
        consumers: {
          claim: (request) => {
            last = request.token;
            return store.consumers.claim(request);
          },
          advance: async (lease, step) => {
            const moved = await store.consumers.advance(lease, step);
            if (!moved && step.letter !== null)
              await store.consumers.advance(
                { ...lease, token: last },
                { ...step, position: { epoch: "e", seq: 0 } },
              );
            return moved;
          },
        },
      }));
    },
  ],
  [
    "begins with everybody at their first event, also where it should begin now",
    "consumers of the log",
    /one that is new begins/,
    () =>
      broken((store) => ({
        consumers: { register: (name, _, at) => store.consumers.register(name, "start", at) },
      })),
  ],
  [
    "forgets how often an event has failed",
    "consumers of the log",
    /failed event is kept/,
    () =>
      broken((store) => ({
        consumers: {
          postpone: (lease, failure) => store.consumers.postpone(lease, { ...failure, attempts: 0 }),
        },
      })),
  ],
  [
    "leaves the lease to whoever was set back",
    "consumers are seen to",
    /taken from whoever has it/,
    () => {
      const tokens = new Map<string, string>();
      return broken((store) => ({
        consumers: {
          claim: async (request) => {
            const claims = await store.consumers.claim(request);
            for (const { sellerId } of claims) tokens.set(sellerId, request.token);
            return claims;
          },
          rewind: async (consumer, target) => {
            const count = await store.consumers.rewind(consumer, target);
            const token = tokens.get(target.sellerId ?? "");
            if (token !== undefined)
              await store.consumers.claim({
                ...{ consumer, among: [target.sellerId ?? ""], except: [], limit: 1, token },
                ...{ at: target.at, until: new Date(target.at.getTime() + 1) },
              });
            return count;
          },
        },
      }));
    },
  ],
  [
    "hands out letters to be redriven that nobody asked for",
    "consumers are seen to",
    /redriven letter is news/,
    () =>
      broken((store) => ({
        consumers: {
          redriven: async (sellerId, consumer, limit) => {
            const page = { limit, after: null };
            return (
              await store.consumers.letters({ id: null, consumer, sellerId }, page)
            ).body.value.reverse();
          },
        },
      })),
  ],
  [
    "takes away dead letters of others",
    "consumers are seen to",
    /dead letter is written/,
    () =>
      broken((store) => ({
        consumers: { discard: (selection) => store.consumers.discard({ ...selection, sellerId: null }) },
      })),
  ],
  [
    "takes what came back from the demand",
    "demand is read",
    /units are those sold/,
    () =>
      broken((store) => ({
        demand: {
          read: async (sellerId, span) => {
            const read = await store.demand.read(sellerId, span);
            const net = async (product: (typeof read.products)[number]) => {
              const days = await store.sales.daily(sellerId, product.productId, span.from, span.to);
              return { ...product, units: days?.body.value.map(({ quantity }) => quantity) ?? [] };
            };
            return { ...read, products: await Promise.all(read.products.map(net)) };
          },
        },
      })),
  ],
  [
    "knows of no time without stock that began before the span",
    "demand is read",
    /moment of it without stock/,
    () =>
      broken((store) => ({
        demand: {
          read: async (sellerId, span) => {
            const read = await store.demand.read(sellerId, span);
            const firstMoved = async (id: number) => {
              const ledger = await store.stock.movements(sellerId, id, { limit: 100, after: null });
              return (
                ledger?.body.value
                  .map(({ createdAt }) => createdAt)
                  .reverse()
                  .find((at) => at >= span.from) ?? "~"
              );
            };
            const forgetful = async (product: (typeof read.products)[number]) => {
              const first = await firstMoved(product.productId);
              const day = (n: number) =>
                new Date(Date.parse(span.from) + n * 86_400_000).toISOString().slice(0, 10);
              return {
                ...product,
                stockedOut: product.stockedOut.map((out, n) => out && day(n) >= first.slice(0, 10)),
              };
            };
            return { ...read, products: await Promise.all(read.products.map(forgetful)) };
          },
        },
      })),
  ],
  [
    "passes over deleted products too",
    "demand is read",
    /pass over a catalogue/,
    () => {
      const known: number[] = [];
      return broken((store) => ({
        products: {
          create: async (command, row) => {
            const made = await store.products.create(command, row);
            known.push(made.body.value.id);
            return made;
          },
        },
        demand: {
          active: async (_, { after, limit }) => known.filter((id) => id > after).slice(0, limit),
        },
      }));
    },
  ],
  [
    "lets a later prediction based on less become current",
    "predictions are kept",
    /based on more of the log/,
    () =>
      broken((store) => ({
        predictions: {
          save: (command, rows) =>
            store.predictions.save(
              command,
              rows.map((row) => ({ ...row, basedOn: 5 })),
            ),
        },
      })),
  ],
  [
    "keeps one prediction and no other",
    "predictions are kept",
    /of each week/,
    () =>
      broken((store) => ({
        predictions: {
          list: async (sellerId, filter) => {
            const read = await store.predictions.list(sellerId, filter);
            const value = read.body.value.slice(0, 1);
            return { ...read, last: null, body: { value, text: JSON.stringify(value) } };
          },
        },
      })),
  ],
  [
    "counts every event that a prediction is behind",
    "predictions are kept",
    /how many events/,
    () =>
      broken((store) => ({
        predictions: {
          find: async (...asked) => {
            const found = await store.predictions.find(...asked);
            return found && { ...found, behind: (found.head?.seq ?? 0) - found.basedOn };
          },
        },
      })),
  ],
  [
    "tells of predictions before they are there",
    "predictions are kept",
    /becomes the current one/,
    () =>
      broken((store) => ({
        predictions: {
          save: async (command, rows) => {
            const written = await store.predictions.save(command, rows);
            return { ...written, position: written.position && { ...written.position, seq: 1 } };
          },
        },
      })),
  ],
  [
    "finds who is at risk by what was predicted once",
    "it is their time",
    /products at risk/,
    () => {
      const once = new Map<number, string>();
      return broken((store) => ({
        predictions: {
          save: (command, rows) => {
            for (const { productId, runOutOn } of rows) if (runOutOn !== null) once.set(productId, runOutOn);
            return store.predictions.save(command, rows);
          },
        },
        products: {
          list: async (sellerId, { runsOutBy, ...filter }) => {
            const read = await store.products.list(sellerId, { ...filter, runsOutBy: null });
            const value = read.body.value.filter(
              ({ id }) => runsOutBy === null || (once.get(id) ?? "~") <= runsOutBy,
            );
            return { ...read, body: { value, text: JSON.stringify(value) } };
          },
        },
      }));
    },
  ],
  [
    "holds an expired forecast for fresh",
    "it is their time",
    /has expired or never was/,
    () =>
      broken((store) => ({
        predictions: { stale: (request) => store.predictions.stale({ ...request, now: later(-2) }) },
      })),
  ],
  [
    "scores as often as it is asked to",
    "it is their time",
    /what is due/,
    () =>
      broken((store) => ({
        predictions: {
          score: (sellerId, id, score, at) =>
            store.predictions.score(sellerId, id, score, at).then(() => true),
        },
      })),
  ],
  [
    "calls due what ends today",
    "it is their time",
    /what is due/,
    () =>
      broken((store) => ({
        predictions: {
          due: ({ today, limit }) => {
            const tomorrow = new Date(Date.parse(today) + 86_400_000).toISOString().slice(0, 10);
            return store.predictions.due({ today: tomorrow, limit });
          },
        },
      })),
  ],
  [
    "tells of recommendations that are what they were",
    "recommendations and what",
    /where they are others/,
    () =>
      broken((store) => ({
        recommendations: {
          save: async (command, rows) => {
            await store.recommendations.save(
              unkeyed(command),
              rows.map((row) => ({ ...row, data: "other" })),
            );
            return store.recommendations.save(command, rows);
          },
        },
      })),
  ],
  [
    "saves a state over whatever is there",
    "recommendations and what",
    /saved over the one that was loaded/,
    () =>
      broken((store) => ({
        engines: {
          save: async (sellerId, name, state) => {
            const version = (await store.engines.load(sellerId, name))?.version ?? 0;
            return store.engines.save(sellerId, name, { ...state, version });
          },
        },
      })),
  ],
  [
    "gives the versions of a forgotten state again",
    "recommendations and what",
    /saved over the one that was loaded/,
    () => {
      const counts = new Map<string, number>();
      return broken((store) => ({
        engines: {
          load: async (sellerId, name) => {
            const found = await store.engines.load(sellerId, name);
            return found && { ...found, version: counts.get(`${sellerId} ${name}`) ?? 0 };
          },
          save: async (sellerId, name, state) => {
            const key = `${sellerId} ${name}`;
            if ((counts.get(key) ?? 0) !== state.version) return false;
            const version = (await store.engines.load(sellerId, name))?.version ?? 0;
            await store.engines.save(sellerId, name, { ...state, version });
            counts.set(key, state.version + 1);
            return state.version + 1;
          },
          forget: (sellerId, name) => {
            counts.delete(`${sellerId} ${name}`);
            return store.engines.forget(sellerId, name);
          },
        },
      }));
    },
  ],
  [
    "takes each part of an order for a basket",
    "bought together",
    /comes once/,
    () =>
      broken((store) => ({
        sales: {
          orders: async (sellerId, request) => {
            const all = await store.sales.orders(sellerId, { after: 0, before: null, limit: 1_000 });
            const sales = await store.sales.list(sellerId, {
              ...{ productId: null, from: null, before: null, limit: 1_000, after: null },
            });
            const touched = new Set(
              sales.body.value.filter(({ id }) => id > request.after).map(({ orderId }) => orderId),
            );
            const orders = all.orders.filter(({ orderId }) => touched.has(orderId)).slice(0, request.limit);
            return { ...(await store.sales.orders(sellerId, request)), orders };
          },
        },
      })),
  ],
  [
    "reads baskets past the moment",
    "bought together",
    /stops before/,
    () =>
      broken((store) => ({
        sales: { orders: (sellerId, request) => store.sales.orders(sellerId, { ...request, before: null }) },
      })),
  ],
  [
    "takes goods in again for a key",
    "on their way",
    /come in once/,
    () =>
      broken((store) => ({
        incoming: { receive: (command, ...what) => store.incoming.receive(unkeyed(command), ...what) },
      })),
  ],
  [
    "takes goods in that are not open",
    "on their way",
    /refuse what can not be/,
    () =>
      broken((store) => ({
        incoming: {
          async receive(command, id, quantity) {
            const found = (await store.incoming.find(command.sellerId, id))?.body.value;
            if (found?.state !== "received") return store.incoming.receive(command, id, quantity);
            const { productId, quantity: delta } = found;
            const change = { productId, change: { delta }, reason: "received", expected: null };
            const { body, ...written } = await store.stock.change(command, change);
            return { ...written, body: encodedValue({ incoming: found, ...body.value }) };
          },
        },
      })),
  ],
  [
    "closes goods of which some are still to come",
    "on their way",
    /stay open/,
    () =>
      broken((store) => ({
        incoming: {
          async receive(command, id, quantity) {
            const written = await store.incoming.receive(command, id, quantity);
            if (written.body.value.incoming.state === "open")
              await store.incoming.cancel(unkeyed(command), id);
            return written;
          },
        },
      })),
  ],
  [
    "counts on goods that will not come",
    "on their way",
    /until they are closed/,
    () =>
      broken((store) => ({
        demand: {
          async read(sellerId, span) {
            const { products, ...read } = await store.demand.read(sellerId, span);
            const all = await store.incoming.list(sellerId, {
              ...{ productId: null, state: null, limit: 1_000, after: null },
            });
            const incoming = (id: number) => all.body.value.filter(({ productId }) => productId === id);
            return {
              ...read,
              products: products.map((one) => ({ ...one, incoming: incoming(one.productId) })),
            };
          },
        },
      })),
  ],
  [
    "revokes no key",
    "kept by their hash",
    /revoked key/,
    () => broken((store) => ({ keys: { revoke: async (command) => store.keys.revoke(command, -1) } })),
  ],
  [
    "lets the old key of a rotation live on",
    "kept by their hash",
    /rotated key/,
    () =>
      broken((store) => ({
        keys: {
          rotate: async (command, id, successor) =>
            store.keys.rotate(command, id, { ...successor, until: later(86_400_000) }),
        },
      })),
  ],
  [
    "knows every origin",
    "kept by their hash",
    /origin is known/,
    () => broken(() => ({ keys: { knowsOrigin: async () => true } })),
  ],
];

test.each(faults)("a store that %s is found out", async (_, about, promise, store) => {
  expect(await brokenPromises(about, store())).toContainEqual(expect.stringMatching(promise));
});
