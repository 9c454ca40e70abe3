// A shuffle that a seed repeats, on every machine.

/** Numbers in [0, 1) from a 32-bit seed (mulberry32). */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A shuffled copy of the items (Fisher and Yates). */
export function shuffled(items, seed) {
  const random = generator(seed);
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/** A seed of its own for each text (FNV-1a). */
export const seedOf = (seed, text) =>
  [...text].reduce((hash, c) => Math.imul(hash ^ c.codePointAt(), 0x01000193) >>> 0, seed >>> 0);

export const randomSeed = () => Math.floor(Math.random() * 1e6);
