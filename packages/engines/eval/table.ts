import { type Figure, passes } from "./figure.ts";

/** The figures as a table in Markdown. */
export function table(figures: Figure[]): string {
  const rows = figures.map((figure) => [
    figure.engine,
    figure.what,
    say(figure.value),
    sayLine(figure.pass),
    figure.stretch === undefined ? "" : say(figure.stretch),
    passes(figure) ? (reaches(figure) ? "stretch" : "pass") : "**below**",
    figure.missed === undefined ? figure.beside : `${figure.beside}. ${figure.missed}`,
  ]);
  return [["engine", "what", "reached", "pass", "stretch", "", "beside"], Array(7).fill("---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |\n`)
    .join("");
}

function reaches({ value, pass, stretch }: Figure): boolean {
  if (stretch === undefined) return false;
  return "atLeast" in pass ? value >= stretch : value <= stretch;
}

function sayLine(pass: Figure["pass"]): string {
  if ("atMost" in pass) return `≤ ${say(pass.atMost)}`;
  if ("atLeast" in pass) return `≥ ${say(pass.atLeast)}`;
  return pass.between.map(say).join("–");
}

const say = (value: number) => String(Number(value.toPrecision(4)));
