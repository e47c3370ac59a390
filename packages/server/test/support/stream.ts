export interface Block {
  id?: string;
  event?: string;
  data?: string;
  retry?: string;
  comment?: string;
}

/** Reads a response's event stream block by block. */
export async function* blocksOf(response: Response): AsyncGenerator<Block> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body as ReadableStream<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      yield blockOf(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function blockOf(text: string): Block {
  const fields = text.split("\n").map((line) => {
    const [, name, value] = /^(\w*): ?(.*)$/.exec(line) ?? [];
    return [name === "" ? "comment" : name, value];
  });
  return Object.fromEntries(fields);
}

/** The next block that passes, or a failure after a while. */
export async function next(
  blocks: AsyncGenerator<Block>,
  passes: (block: Block) => boolean = ({ event }) => event !== undefined,
): Promise<Block> {
  for (;;) {
    const { value, done } = await within(blocks.next(), "a block");
    if (done) throw new Error("the stream ended");
    if (passes(value)) return value;
  }
}

/** All blocks until the stream ends. */
export async function rest(blocks: AsyncGenerator<Block>): Promise<Block[]> {
  const all: Block[] = [];
  const read = async () => {
    for await (const block of blocks) all.push(block);
  };
  await within(read(), "the stream's end");
  return all;
}

async function within<T>(promise: Promise<T>, what: string, ms = 6_000): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
