/**
 * Text as a stream of bytes. The first piece is made before there is an answer, so that what fails at once is still told
 * as an error; later the stream breaks off, which no reader takes for its end.
 */
export async function textStream(
  text: AsyncIterable<string>,
  onError: (error: unknown) => void,
): Promise<ReadableStream<Uint8Array>> {
  const pieces = text[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let next: IteratorResult<string> | null = await pieces.next();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        next ??= await pieces.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
        next = null;
      } catch (error) {
        onError(error);
        controller.error(error);
      }
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
