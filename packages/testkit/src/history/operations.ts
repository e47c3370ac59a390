import { type Fact, type History, type LogEvent, nameOf, type Operation } from "./history.ts";
import { said } from "./log.ts";

/** What was acknowledged is there once, what was refused is not; what else there is was asked for, in this order. */
export function operationFaults({ operations, log }: History): string[] {
  const events = new Map<string, LogEvent[]>();
  for (const event of log) {
    const name = nameOf(event);
    if (name !== null) events.set(name, [...(events.get(name) ?? []), event]);
  }
  const known = new Set(operations.map(({ name }) => name));
  const strange = [...events].filter(([name]) => !known.has(name));
  return [
    ...operations.flatMap((operation) => outcomeFault(operation, events.get(operation.name) ?? []) ?? []),
    ...strange.map(([name, [first]]) => `${name}: nobody asked for ${first && said(first)}`),
    ...orderFaults(operations, events),
  ];
}

function outcomeFault({ name, outcome, facts }: Operation, events: LogEvent[]): string | null {
  const there = events.map(said).join(", ");
  if (outcome === "fail") return events.length === 0 ? null : `${name}: was refused and is there: ${there}`;
  if (events.length === 0)
    return outcome === "ok" ? `${name}: was acknowledged and is lost (${facts[0]?.type})` : null;
  if (events.length > facts.length) return `${name}: is there more than once: ${there}`;
  if (events.length < facts.length) return `${name}: is there by a part of it only: ${there}`;
  const wrong = facts.findIndex((fact, index) => !agrees(events[index] as LogEvent, fact));
  if (wrong === -1) return null;
  return `${name}: is there otherwise than it was ${outcome === "ok" ? "acknowledged" : "asked"}: ${JSON.stringify(events[wrong])}, not ${JSON.stringify(facts[wrong])}`;
}

/** Everything that a fact says is so in the event. */
function agrees(event: LogEvent, { payload = {}, ...fact }: Fact): boolean {
  return holds(event, fact) && holds(event.payload as object, payload);
}

function holds(all: object, part: object): boolean {
  return Object.entries(part).every(([field, value]) => Reflect.get(all, field) === value);
}

/** Who was answered before somebody else asked stands before him in the log. */
function orderFaults(operations: Operation[], events: ReadonlyMap<string, LogEvent[]>): string[] {
  const placed = operations.flatMap((operation) => {
    const seqs = (events.get(operation.name) ?? []).map(({ seq }) => seq);
    return seqs.length === 0 ? [] : [{ ...operation, first: Math.min(...seqs), last: Math.max(...seqs) }];
  });
  const answered = placed.filter(({ outcome }) => outcome === "ok").sort((a, b) => a.ended - b.ended);
  const faults: string[] = [];
  let next = 0;
  let furthest: (typeof placed)[number] | undefined;
  for (const asked of [...placed].sort((a, b) => a.began - b.began)) {
    for (let one = answered[next]; one !== undefined && one.ended < asked.began; one = answered[++next])
      if (furthest === undefined || one.last > furthest.last) furthest = one;
    if (furthest !== undefined && furthest.last > asked.first)
      faults.push(
        `${asked.name}: was asked after ${furthest.name} was acknowledged, and stands before it: ${asked.first} and ${furthest.last}`,
      );
  }
  return faults;
}
