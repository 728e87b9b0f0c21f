/** Reads the tables of our pages, so that a test can compare what they say with what the code does. */

export type Row = readonly string[]

/** The rows of the first table below the heading `title`, without its head. Throws where there is none. */
export function tableBelow(page: string, title: string): Row[] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${title}\n`))
  const lines = section?.split('\n').filter((line) => line.startsWith('|')) ?? []
  if (lines.length < 3) throw new Error(`there is no table below "${title}"`)
  return lines.slice(2).map(cellsOf)
}

/** What stands between backticks. */
export function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

/** A bar inside a cell is written `\|`. */
function cellsOf(line: string): Row {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
}
