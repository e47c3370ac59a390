import { routes } from "@amused/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminKey } from "../app.ts";
import { blocksOf, next } from "../stream.ts";
import { type Refused, tooLittleFor, worthlessIn } from "./credentials.ts";
import { beforehand, publicRoutes } from "./examples.ts";
import {
  type Attempt,
  attemptsOf,
  lists,
  type Operation,
  operations,
  requestOf,
  sellerOperations,
} from "./operations.ts";
import { anonymous } from "./same.ts";
import { anyMark, markOf, type Names, neverWas, openShop, type Shop } from "./shop.ts";
import { type Answer, type Ask, type inMemory, type World, worldOn } from "./world.ts";

const named = (operations: Operation[]) => operations.map((operation) => [operation.id, operation] as const);
const ofSeller = (path: string, sellerId: string) =>
  `${path}${path.includes("?") ? "&" : "?"}sellerId=${encodeURIComponent(sellerId)}`;
const get = (path: string): Ask => ({ method: "GET", path });

/** Asks every route for what is another's, with every kind of credential. */
export function tenantsAreApart(name: string, open: typeof inMemory): void {
  describe(`tenants ${name}`, () => {
    let world: World;
    /** One who tries to reach what is another's, and one who does the same with what never was. */
    let thief: Shop;
    let twin: Shop;
    let worthless: Refused[];
    let shops = 0;
    const newShop = () => openShop(world.amused, world.store, markOf(shops++), world.now);

    beforeAll(async () => {
      world = await worldOn(open);
      worthless = await worthlessIn(world);
      [thief, twin] = [await newShop(), await newShop()];
      // What is noted at the first use of a key is not of what follows.
      for (const { apiKey } of [thief, twin]) await world.ask(get("/v1/products"), apiKey);
    });
    afterAll(() => world.close());

    /** Everything that a seller has, as the lists show it. */
    async function everythingOf({ apiKey }: Shop): Promise<Answer[]> {
      const answers = [];
      for (const { path } of lists) answers.push({ ...(await world.ask(get(path), apiKey)), statements: [] });
      return answers;
    }

    /** The one asks with what is the owner's, the other with what never was: nothing tells one answer from the other. */
    async function tellsNothing(
      [owner, never]: [owner: Shop, never: Names],
      ask: (names: Names, own: Names, who: Shop) => Promise<Answer>,
      status: number,
    ): Promise<Answer> {
      const said = world.said.length;
      const answer = await ask(owner.names, thief.names, thief);
      expect(anonymous(answer, owner.names)).toEqual(anonymous(await ask(never, twin.names, twin), never));
      expect(answer.status, answer.text).toBe(status);
      for (const text of [answer.text, JSON.stringify(answer.headers), ...world.said.slice(said)])
        expect(text).not.toContain(owner.secret);
      return answer;
    }

    test.each(named(sellerOperations))(
      "%s tells nothing of another's, and changes nothing of it",
      async (id, operation) => {
        const [owner, never] = [await newShop(), neverWas(markOf(shops++))];
        const before = await everythingOf(owner);
        const attempts = attemptsOf(operation);
        const tryAll = async (some: Attempt[]) => {
          for (const { what, theirs, fill } of some) {
            const ask = (names: Names, own: Names, who: Shop) => world.ask(fill(names, own), who.apiKey);
            await tellsNothing([owner, never], ask, theirs).catch((error) => {
              throw new Error(`${id}, where what is another's is named ${what}: ${error}`, { cause: error });
            });
          }
        };
        const [own] = [await everythingOf(thief), await everythingOf(twin)];
        await tryAll(attempts.filter(({ theirs }) => theirs >= 400));
        const [now] = [await everythingOf(thief), await everythingOf(twin)];
        expect(now, "a refusal changes nothing").toEqual(own);
        await tryAll(attempts.filter(({ theirs }) => theirs < 400));
        expect(await everythingOf(owner)).toEqual(before);

        // The owner itself is answered, so the example is a good one; then the very request, with its key, is no replay.
        const again = (names: Names, own: Names, key: string): Ask => {
          const ask = requestOf(operation, { ...names, sku: names.freeSku }, own);
          return { ...ask, headers: { ...ask.headers, "idempotency-key": key } };
        };
        const answer = await world.ask(again(owner.names, owner.names, id), owner.apiKey);
        expect(answer.status, answer.text).toBe(operation.success);
        await tellsNothing(
          [owner, never],
          (names, own, who) => world.ask(again(names, own, who === thief ? id : `unused ${id}`), who.apiKey),
          attempts[0]?.theirs as number,
        );
      },
      60_000,
    );

    test("two who tried all that have the same in the end, each for itself", async () => {
      const [ofThief, ofTwin] = [await everythingOf(thief), await everythingOf(twin)];
      expect(ofThief.map((one) => anonymous(one, thief.names))).toEqual(
        ofTwin.map((one) => anonymous(one, twin.names)),
      );
    });

    test.each(named(operations))(
      "%s is for its seller only, whatever else is shown",
      async (id, operation) => {
        const [owner, never] = [await newShop(), neverWas(markOf(shops++))];
        const before = await everythingOf(owner);
        const shown = [...worthless, ...(await tooLittleFor(operation, world, [thief, twin]))];
        for (const { what, status, of, sellerId } of shown) {
          const ask = async (names: Names, own: Names, who: Shop) => {
            const asked = requestOf(operation, names, own);
            const path = sellerId === undefined ? asked.path : ofSeller(asked.path, sellerId(names));
            // What is known of a credential is known from then on.
            await world.ask({ ...asked, path }, of(who));
            return world.ask({ ...asked, path }, of(who));
          };
          try {
            const { statements } = await tellsNothing([owner, never], ask, status);
            expect(statements, "nothing is looked at").toEqual([]);
          } catch (error) {
            throw new Error(`${id} with ${what}: ${error}`, { cause: error });
          }
        }
        expect(await everythingOf(owner)).toEqual(before);

        // An administrator acts for the seller that is named.
        for (const one of [beforehand[id] ?? [], id].flat()) {
          const done = operations.find((operation) => operation.id === one) as Operation;
          const ask = requestOf(done, { ...owner.names, sku: owner.names.freeSku }, owner.names);
          const path = done.scope === "admin" ? ask.path : ofSeller(ask.path, owner.names.sellerId);
          const answer = await world.ask({ ...ask, path }, adminKey);
          expect(done.successes, answer.text).toContain(answer.status);
        }
      },
      60_000,
    );

    test.each(
      named(sellerOperations.filter(({ parameters }) => parameters.some(({ name }) => name === "cursor"))),
    )("%s goes on from another's cursor with nothing but its own", async (_, operation) => {
      const owner = await newShop();
      const page = async (who: Shop, query: string) => {
        const { path } = requestOf(operation, who.names, who.names);
        const answer = await world.ask(get(`${path}?${query}`), who.apiKey);
        return { answer, ...(JSON.parse(answer.text) as { items?: unknown[]; nextCursor?: string }) };
      };
      const { nextCursor } = await page(owner, "limit=1");
      expect(nextCursor, "a shop of the test has two rows in each list").toEqual(expect.any(String));
      const { answer, items = [] } = await page(thief, `limit=1&cursor=${nextCursor}`);
      expect(answer.text).not.toContain(owner.secret);
      const own = await page(thief, "limit=200");
      if (answer.status !== 200)
        expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("cursor")]);
      for (const item of items) expect(own.items).toContainEqual(item);
    });

    test("a stream tells what happens in its own log, and nothing of what happens in others", async () => {
      const owner = await newShop();
      const response = await world.open(get("/v1/events/stream"), thief.apiKey);
      const blocks = blocksOf(response);
      const cursor = (await next(blocks)).id as string;
      for (const one of ["recordSale", "changeStock", "createProduct", "updateSettings", "deleteProduct"]) {
        const operation = operations.find(({ id }) => id === one) as Operation;
        const ask = requestOf(operation, { ...owner.names, sku: owner.names.freeSku }, owner.names);
        expect((await world.ask(ask, owner.apiKey)).status).toBe(operation.success);
      }
      const change = operations.find(({ id }) => id === "changeStock") as Operation;
      await world.ask(requestOf(change, thief.names, thief.names), thief.apiKey);
      const [epoch, seq] = cursor.split(".");
      expect((await next(blocks)).id).toBe(`${epoch}.${Number(seq) + 1}`);
      await blocks.return(undefined);
    });

    test("what is open to everybody is open for a reason, and names no seller", async () => {
      const { file } = thief.names;
      const open = routes.filter(({ scope }) => scope === "public");
      const hint =
        "a route for everybody: say why in publicRoutes of packages/server/test/support/tenants/examples.ts";
      expect(open.map(({ id }) => id).sort(), hint).toEqual(Object.keys(publicRoutes).sort());
      for (const { path } of open) {
        const answer = await world.ask(
          get(path.replace("{key}", file)),
          path === "/metrics" ? adminKey : undefined,
        );
        expect(answer.text.match(anyMark), path).toBeNull();
      }
      expect((await world.ask(get("/metrics"), thief.apiKey)).status).toBe(403);
      // An image can be got by whoever knows the hash of its content, because shops show it to everybody.
      expect((await world.ask(get(`/v1/files/${file}`))).status).toBe(200);
      expect((await world.ask(get(`/v1/files/${neverWas("x").file}`))).status).toBe(404);
    });
  });
}
