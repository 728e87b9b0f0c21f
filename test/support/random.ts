/** A small generator of random numbers, 0 <= value < 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number, 0 <= value < limit. */
export function below(limit: number, random: () => number): number {
  return Math.floor(random() * limit)
}

export function pick<T>(choices: readonly T[], random: () => number): T {
  return choices[below(choices.length, random)] as T
}
