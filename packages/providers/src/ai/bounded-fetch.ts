/** The longest answer that is read: a hundred vectors of 4,096 numbers are 9 MB of JSON. */
const mostBytes = 16 * 1024 ** 2;

/**
 * `fetch` that reads no more than 16 MB of an answer, and follows nobody to another place: what is sent goes to the host that
 * was named.
 */
export async function boundedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: "error" });
  if (response.body === null) return response;
  let bytes = 0;
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > mostBytes) controller.error(new RangeError("The answer is too long."));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
