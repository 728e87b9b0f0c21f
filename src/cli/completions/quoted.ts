/** A word for zsh or fish, whatever is in it: within single quotes both take a quote apart, and nothing else of ours. */
export function quoted(words: string): string {
  return `'${words.replaceAll("'", `'\\''`)}'`
}
