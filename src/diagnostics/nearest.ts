import {distance} from 'fastest-levenshtein'

/** The candidate that `word` is most likely a misspelling of; undefined where none is near enough to be a guess. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const away = distance(word.toLowerCase(), candidate.toLowerCase())
    if (away < bestDistance) [best, bestDistance] = [candidate, away]
  }
  return best
}

/** The nearest candidate, where no other one is near: a guess that a machine may act on. */
export function onlyNear(word: string, candidates: readonly string[]): string | undefined {
  const guess = nearest(word, candidates)
  const others = candidates.filter((candidate) => candidate !== guess)
  return nearest(word, others) === undefined ? guess : undefined
}
