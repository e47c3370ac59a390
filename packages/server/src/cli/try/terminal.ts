/** What a terminal can show. */
export interface Terminal {
  readonly width: number;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** Colours on a terminal only, and not where `NO_COLOR` asks for none; as wide as it is, 80 where it does not say. */
export function terminal(
  out: { isTTY?: boolean; columns?: number },
  env: Record<string, string | undefined>,
): Terminal {
  const coloured = out.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  const paint = (code: number) => (text: string) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
  const columns = out.columns || Number(env.COLUMNS) || 80;
  return {
    width: Math.min(120, Math.max(60, columns)),
    bold: paint(1),
    dim: paint(2),
    good: paint(32),
    bad: paint(31),
  };
}

const wide =
  /\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Hangul}|[\u3000-\u303F\uFF01-\uFF60]|\p{Emoji_Presentation}/u;
const columnsOf = (character: string): number =>
  /^[\p{M}\p{Cf}]/u.test(character) ? 0 : wide.test(character) ? 2 : 1;

/** A text in exactly so many columns: cut with `…`, or filled up. */
export function fit(text: string, width: number): string {
  let out = "";
  let used = 0;
  const characters = [...text];
  for (const [i, character] of characters.entries()) {
    const columns = columnsOf(character);
    const isLast = i === characters.length - 1;
    if (used + columns > width - (isLast ? 0 : 1)) {
      out += "…";
      used++;
      break;
    }
    out += character;
    used += columns;
  }
  return out + " ".repeat(Math.max(0, width - used));
}

/** Lines of at most `width` columns; each begins with `indent`, the first one with `first`. */
export function wrap(text: string, width: number, indent: string, first: string = indent): string[] {
  const lines: string[] = [];
  let line = first;
  let isBegun = false;
  for (const word of text.split(" ")) {
    if (isBegun && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = isBegun ? `${line} ${word}` : line + word;
    isBegun = true;
  }
  return [...lines, line];
}

/** Values as eight heights; a dot is none. Where there are more than fit, neighbours are added up. */
export function sparkline(values: readonly number[], width = values.length): string {
  const each = Math.max(1, Math.ceil(values.length / Math.max(1, width)));
  const sums: number[] = [];
  // From the end, so that the last one is whole.
  for (let end = values.length; end - each >= 0; end -= each)
    sums.unshift(values.slice(end - each, end).reduce((sum, value) => sum + value, 0));
  const most = Math.max(...sums, 0);
  return sums.map((sum) => (sum > 0 ? "▁▂▃▄▅▆▇█"[Math.min(7, Math.floor((8 * sum) / most))] : "·")).join("");
}

/** A bar of eighths; `full` fills the width. */
export function bar(value: number, full: number, width: number): string {
  const eighths = full > 0 ? Math.round(8 * width * Math.min(1, value / full)) : 0;
  const rest = eighths % 8;
  return fit("█".repeat(Math.floor(eighths / 8)) + (rest > 0 ? " ▏▎▍▌▋▊▉"[rest] : ""), width);
}
