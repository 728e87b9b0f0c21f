/** Guesses what a misspelt word should be. */
import {distance} from 'fastest-levenshtein'

/** No name in Kubernetes is longer. The time to compare two texts is the product of their lengths. */
const LONGEST = 317

/** The candidate that `word` is most likely a misspelling of; undefined if none is similar enough. */
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

/** The only similar candidate, if it differs from `word` in a letter or two: certain enough for an automatic fix. */
export function onlyNear(word: string, candidates: readonly string[]): string | undefined {
  const guess = nearest(word, candidates)
  const others = candidates.filter((candidate) => candidate !== guess)
  if (guess === undefined || nearest(word, others) !== undefined) return undefined
  const most = Math.max(1, Math.floor(word.length / 5))
  return distance(word.toLowerCase(), guess.toLowerCase()) <= most ? guess : undefined
}
