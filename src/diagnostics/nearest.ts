import {distance} from 'fastest-levenshtein'

/** Longer than any name in Kubernetes. Comparing two texts costs the product of their lengths. */
const LONGEST = 317

/** The candidate that `word` is most likely a misspelling of; undefined where none is near enough to be a guess. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const away = distance(word.toLowerCase(), candidate.toLowerCase())
    if (away < bestDistance) [best, bestDistance] = [candidate, away]
  }
  return best
}

/** The candidate that `word` differs from in a letter or two, where no other one is near: a guess that a machine may act on. */
export function onlyNear(word: string, candidates: readonly string[]): string | undefined {
  const guess = nearest(word, candidates)
  const others = candidates.filter((candidate) => candidate !== guess)
  if (guess === undefined || nearest(word, others) !== undefined) return undefined
  const most = Math.max(1, Math.floor(word.length / 5))
  return distance(word.toLowerCase(), guess.toLowerCase()) <= most ? guess : undefined
}
