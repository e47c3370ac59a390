/** What a command tells people while it works, on standard output. */
export interface Screen {
  line(text?: string): void;
  /** Does a step and says how long it took. */
  step<T>(
    name: string,
    work: (progress: (text: string) => void) => Promise<T>,
    outcome?: (result: T) => string,
  ): Promise<T>;
}

/** A screen that says nothing, for `--json`. */
export const blank: Screen = {
  line() {},
  step: (_name, work) => work(() => {}),
};

/** Lines for people; on a terminal, progress stays in its line. */
export function screen(out: NodeJS.WriteStream = process.stdout): Screen {
  const label = (name: string) => `  ${name.padEnd(10)}`;
  return {
    line: (text = "") => void out.write(`${text}\n`),
    async step(name, work, outcome = () => "") {
      const from = performance.now();
      let shown = "";
      const result = await work((text) => {
        if (text === shown) return;
        shown = text;
        out.write(out.isTTY ? `\r\x1b[2K${label(name)}${text}` : `${label(name)}${text}\n`);
      });
      const took = `(${((performance.now() - from) / 1000).toFixed(1)} s)`;
      out.write(`${out.isTTY ? "\r\x1b[2K" : ""}${label(name)}${outcome(result)} ${took}\n`);
      return result;
    },
  };
}

/** Says what is being done, in one line that the next takes the place of; on a terminal only. */
export function progressOn(out: NodeJS.WriteStream): (text: string) => void {
  return (text) => {
    if (out.isTTY) out.write(`\r\x1b[2K${text}`);
  };
}
