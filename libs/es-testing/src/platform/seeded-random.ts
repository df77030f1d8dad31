/** Of a spec that takes another one in each run: it goes into the title of what uses it, and `SPEC_SEED=<n>` runs it again. */
export const specSeed = Number(process.env['SPEC_SEED'] ?? Date.now() % 1_000_000);

/** Numbers in [0, 1) that depend on the seed alone (mulberry32, Tommy Ettinger). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};
