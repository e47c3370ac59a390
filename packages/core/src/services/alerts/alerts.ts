import {
  type Alert,
  type AlertsChanged,
  activeStates,
  alertAcknowledgeSchema,
  alertQuerySchema,
  alertSnoozeSchema,
  mostAcknowledged,
  snoozeFault,
} from "../../domain/alert.ts";
import { type AlertChange, acknowledged, isActive, resolved, snoozed } from "../../domain/alert-life.ts";
import { encodedValue } from "../../domain/encoded.ts";
import { parse } from "../../domain/parse.ts";
import { AmusedError, invalidRequest, notFound } from "../../errors.ts";
import type { Written } from "../../ports/repositories.ts";
import { answerRead, answerWritten, checkSees, commandOf, type Deps } from "../deps.ts";
import { pageOf, positionOf } from "../pages.ts";
import type { Answer, Context, Services } from "../services.ts";

/** What people see of alerts, and do about them. They are raised, and end, in the background. */
export function alertsService(deps: Deps): Services["alerts"] {
  const { repositories } = deps;

  /** Takes an active alert a step further; `null` where it is there already. */
  async function change(
    context: Context,
    id: number,
    what: string,
    step: (alert: Alert, at: string) => AlertChange | null,
  ): Promise<Answer<Alert>> {
    const { sellerId } = context;
    const command = commandOf(deps, context);
    for (let attempt = 0; attempt < 10; attempt++) {
      const kept = command.idempotency && (await repositories.idempotency.find(command));
      if (kept) return answerWritten(deps, sellerId, single(kept as Written<Alert[]>));
      const found = await repositories.alerts.find(sellerId, id);
      if (found === null) throw notFound("alert", id);
      const alert = found.body.value;
      const wanted = step(alert, command.at.toISOString());
      if (wanted === null) return answerRead(deps, sellerId, found);
      if (!isActive(alert)) throw over(alert, what);
      const written = await repositories.alerts.write(command, { open: [], change: [wanted] });
      if (written !== null) return answerWritten(deps, sellerId, single(written));
    }
    throw busy(`Alert ${id} is`);
  }

  return {
    async list(context, input) {
      checkSees(context);
      const { limit, cursor, ...filters } = parse(alertQuerySchema, input);
      const { state = null, kind = null, productId = null } = filters;
      const rows = await repositories.alerts.list(context.sellerId, {
        ...{ limit, after: positionOf(cursor, ["alerts", filters]), kind, productId },
        states: state === "active" ? activeStates : state && [state],
      });
      const body = pageOf(rows, ["alerts", filters]);
      return answerRead(deps, context.sellerId, { body, head: rows.head });
    },

    async get(context, id) {
      checkSees(context);
      const found = await repositories.alerts.find(context.sellerId, id);
      if (found === null) throw notFound("alert", id);
      return answerRead(deps, context.sellerId, found);
    },

    acknowledge: (context, id) =>
      change(context, id, "acknowledged", (alert, at) =>
        alert.state === "acknowledged" ? null : acknowledged(alert, context.actor, at),
      ),

    async acknowledgeAll(context, input) {
      const { ids, kind = null } = parse(alertAcknowledgeSchema, input);
      const { sellerId, actor } = context;
      const command = commandOf(deps, context);
      const filter = {
        ...{ kind, productId: null, limit: mostAcknowledged, after: null },
        // What somebody put off is put off, unless it is meant by itself.
        ...(ids === undefined
          ? { states: ["open"] as const }
          : { states: ["open", "snoozed"] as const, ids }),
      };
      for (let attempt = 0; attempt < 10; attempt++) {
        const kept = command.idempotency && (await repositories.idempotency.find(command));
        if (kept) return answerWritten(deps, sellerId, several(kept as Written<Alert[]>));
        const found = await repositories.alerts.list(sellerId, filter);
        const change = found.body.value.map((alert) => acknowledged(alert, actor, command.at.toISOString()));
        if (change.length === 0)
          return answerRead(deps, sellerId, { body: encodedValue({ items: [] }), head: found.head });
        const written = await repositories.alerts.write(command, { open: [], change });
        if (written !== null) return answerWritten(deps, sellerId, several(written));
      }
      throw busy("These alerts are");
    },

    async snooze(context, id, input) {
      const { until } = parse(alertSnoozeSchema, input);
      return change(context, id, "snoozed", (alert, at) => {
        if (alert.state === "snoozed" && alert.snoozedUntil === until) return null;
        const fault = snoozeFault(until, new Date(at));
        if (fault !== null) throw invalidRequest([{ path: "until", message: fault }]);
        return snoozed(alert, until);
      });
    },

    resolve: (context, id) =>
      change(context, id, "resolved", (alert, at) =>
        alert.state === "resolved" ? null : resolved(alert, context.actor, at),
      ),
  };
}

function over({ id, state }: Alert, what: string): AmusedError<"conflict"> {
  return new AmusedError("conflict", `Alert ${id} is ${state} and can not be ${what}.`, { state });
}

function busy(what: string): AmusedError<"unavailable"> {
  return new AmusedError("unavailable", `${what} changed by many at once. Try again.`, { retryAfter: 1 });
}

function several({ body, ...written }: Written<Alert[]>): Written<AlertsChanged> {
  return { ...written, body: encodedValue({ items: body.value }) };
}

/** The one alert that was changed: steps answer with a list, also where it was kept under a key. */
function single({ body, ...written }: Written<Alert[]>): Written<Alert> {
  return { ...written, body: encodedValue(body.value[0] as Alert) };
}
