const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const numbers = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) numbers[letters.charCodeAt(i)] = i;

/** Bytes as base64 without padding (RFC 4648), which every engine of JavaScript can do as text only. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const three = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    parts.push(
      letters[three >> 18]! +
        letters[(three >> 12) & 63]! +
        letters[(three >> 6) & 63]! +
        letters[three & 63]!,
    );
  }
  const whole = parts.join("");
  return whole.slice(0, whole.length - ((3 - (bytes.length % 3)) % 3));
}

/** The bytes, or nothing where the text is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  for (let i = 0, kept = 0, bits = 0; i < text.length; i++) {
    const number = numbers[text.charCodeAt(i)] ?? -1;
    if (number < 0) return undefined;
    kept = ((kept << 6) | number) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = kept >> bits;
  }
  return bytes;
}
