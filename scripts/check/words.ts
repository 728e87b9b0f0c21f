/** Words that the texts and names of lbex do not use, because plain English has a clearer one for what they mean here. */

type Word = {
  /** In small letters. */
  readonly word: string
  readonly instead: string
  /** The word is fine after this one. */
  readonly fineAfter?: string
}

const ACTOR = 'name the actor: the operator, the client, the caller, NGINX, lbex'
const WORDS: readonly Word[] = [
  {word: 'whoever', instead: ACTOR},
  {word: 'nobody', instead: `${ACTOR} (no client, no Service)`},
  {word: 'somebody', instead: ACTOR},
  {word: 'anew', instead: 'again, from scratch'},
  {word: 'culprit', instead: 'the Service or file that NGINX refuses'},
  {word: 'culprits', instead: 'the Services or files that NGINX refuses'},
  {word: 'court', instead: 'configtest, candidates'},
  {word: 'for want of', instead: 'because there is no …, because … is missing'},
  {word: 'is none', instead: 'is not valid, is not a …, does not exist', fineAfter: 'there'},
  {word: 'are none', instead: 'are not valid, do not exist', fineAfter: 'there'},
  {word: 'first lbex', instead: 'lbex 1.x'},
  {word: 'mend', instead: 'fix'},
  {word: 'mends', instead: 'fixes'},
  {word: 'mended', instead: 'fixed'},
  {word: 'trouble', instead: 'problem, error, failure'},
  {word: 'troubles', instead: 'problems, errors, failures'},
  {word: 'troubled', instead: 'failing, invalid'},
]

export type WordFinding = {readonly line: number; readonly word: string; readonly instead: string}

/**
 * What a file says in such words, also as a part of a name (`findTrouble`). Two things are allowed: code between backticks in
 * Markdown and in comments, and a word that the line itself, or the one before it, allows by `words: allow nobody`.
 */
export function wordFindings(file: string, text: string): WordFinding[] {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const prose =
      file.endsWith('.md') || /^\s*(\/\*|\*|\/\/|#)/.test(line) ? line.replace(/`[^`]*`/g, '``') : line
    const allowed = [...`${lines[index - 1] ?? ''}\n${line}`.matchAll(/words: allow ([a-z]+)/g)].map(
      ([, word]) => word,
    )
    return WORDS.filter(
      ({word, fineAfter}) => !allowed.includes(word) && patternOf(word, fineAfter).test(prose),
    ).map((found) => ({
      line: index + 1,
      ...found,
    }))
  })
}

/** As a word, and as a part of a name in camel case. */
function patternOf(word: string, fineAfter?: string): RegExp {
  const [first = '', ...rest] = word
  const tail = `${rest.join('').replaceAll(' ', '\\s+')}(?![a-z])`
  const capital = first.toUpperCase()
  const before = fineAfter === undefined ? '' : `(?<!\\b${fineAfter} )`
  return new RegExp(`${before}(?<![A-Za-z])[${first}${capital}]${tail}|(?<=[a-z])${capital}${tail}`)
}
