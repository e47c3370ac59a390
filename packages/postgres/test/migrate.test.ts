import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { postgresStore } from "../src/index.ts";
import { migrations } from "../src/migrate.ts";
import { describePostgres, freshPool } from "./database.ts";

describePostgres("migrations", () => {
  test("started by three processes at once are applied once", async () => {
    const schema = `three_${randomBytes(4).toString("hex")}`;
    const script = fileURLToPath(new URL("./migrator.ts", import.meta.url));
    const outputs = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise<string>((done, failed) => {
            const child = spawn(process.execPath, [
              "--conditions=@amused/source",
              script,
              inject("databaseUrl") as string,
              schema,
            ]);
            let said = "";
            child.stdout.on("data", (data) => (said += data));
            child.stderr.on("data", (data) => (said += data));
            child.on("exit", (code) => (code === 0 ? done(said) : failed(new Error(said))));
          }),
      ),
    );
    const applied = outputs.map((output) => JSON.parse(output) as string[]);
    expect(applied.flat().sort()).toEqual(migrations().map(({ name }) => name));
    const pool = freshPool(1);
    await pool.query(`drop schema ${schema} cascade`);
    await pool.end();
  });

  test("of a newer version are not touched by an older one", async () => {
    const schema = `newer_${randomBytes(4).toString("hex")}`;
    const pool = freshPool(2);
    const store = postgresStore({ pool, schema });
    await store.migrate();
    await pool.query(`insert into ${schema}.migrations (name) values ('9999-from-the-future')`);
    await expect(store.migrate()).rejects.toThrow("9999-from-the-future");
    await pool.query(`drop schema ${schema} cascade`);
    await pool.end();
  });
});
