/** A 32-bit hash of a text (FNV-1a over its UTF-16 units, mixed once more), as an unsigned number. */
export function hash(text: string, seed = 0): number {
  let state = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return mixed(state);
}

/** A number of 32 bits in each of which every bit of `state` has a part (murmur3's finaliser), unsigned. */
export function mixed(state: number): number {
  let mix = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
