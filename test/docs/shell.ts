/** As much of the shell as command lines in the docs use: words, quotes, comments, pipes. Nothing is expanded. */

export type CommandLine = {
  /** How many lines after the first of the text it begins. */
  readonly line: number
  /** `NAME=VALUE` before the program. */
  readonly variables: readonly string[]
  /** The program and its arguments. */
  readonly words: readonly string[]
  /** What it is redirected from and to. */
  readonly files: readonly string[]
}

/** What ends a command. */
const OPERATOR = /^(\|\|?|&&?|;|\n)/
const REDIRECTION = /^\d?(>>?|<)(&\d)?\s*/
const WORD = /^(?:\\[^\n]|'[^']*'|"(?:\\.|[^"\\])*"|\$\([^)]*\)|[^\s\\'"|&;<>])+/
const HERE_DOCUMENT = /^<<-?\s*['"]?(\w+)['"]?/

/** The simple commands of a script, in order. Throws where a quote is not closed. */
export function commandLines(script: string): CommandLine[] {
  const found: CommandLine[] = []
  let words: string[] = []
  let files: string[] = []
  let line = 0
  let startsAt = 0
  let rest = script
  const take = (length: number): string => {
    const taken = rest.slice(0, length)
    line += taken.split('\n').length - 1
    rest = rest.slice(length)
    return taken
  }
  const end = (): void => {
    if (words.length > 0) found.push({line: startsAt, ...withVariables(words), files})
    words = []
    files = []
  }
  while (rest !== '') {
    const blank = /^([^\S\n]+|\\\n)/.exec(rest) ?? /^#[^\n]*/.exec(rest)
    if (blank) {
      take(blank[0].length)
      continue
    }
    const document = HERE_DOCUMENT.exec(rest)
    if (document) {
      take(lengthOfDocument(rest, document[1] ?? ''))
      end()
      continue
    }
    const redirection = REDIRECTION.exec(rest)
    if (redirection) {
      take(redirection[0].length)
      if (redirection[2] === undefined) files.push(unquoted(take(WORD.exec(rest)?.[0].length ?? 0)))
      continue
    }
    const operator = OPERATOR.exec(rest)
    if (operator) {
      end()
      take(operator[0].length)
      continue
    }
    const word = WORD.exec(rest)
    if (!word) throw new Error(`the shell would not understand: ${rest.split('\n', 1)[0]}`)
    if (words.length === 0) startsAt = line
    words.push(unquoted(take(word[0].length)))
  }
  end()
  return found
}

function withVariables(words: readonly string[]): Pick<CommandLine, 'variables' | 'words'> {
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word))
  const count = first === -1 ? words.length : first
  return {variables: words.slice(0, count), words: words.slice(count)}
}

/** To the end of the line that ends it. */
function lengthOfDocument(text: string, word: string): number {
  const end = new RegExp(`\\n\\s*${word}(?=\\n|$)`).exec(text)
  return end ? end.index + end[0].length : text.length
}

function unquoted(word: string): string {
  return word.replaceAll(
    /\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"/g,
    (_, escaped?: string, single?: string, double?: string) =>
      escaped ?? single ?? (double ?? '').replaceAll(/\\(.)/g, '$1'),
  )
}

export type Step = {readonly line: number; readonly command: string; readonly output: string}

/** A session: what was typed after `$ `, and what was printed. Throws where it does not begin with a command. */
export function stepsOf(session: string): Step[] {
  const steps: Step[] = []
  let isTyped = false
  for (const [line, text] of session.trimEnd().split('\n').entries()) {
    const last = steps.at(-1)
    if (text.startsWith('$ ')) steps.push({line, command: text.slice(2), output: ''})
    else if (!last) throw new Error('a console block begins with a line like: $ lbex --version')
    else if (isTyped)
      steps[steps.length - 1] = {...last, command: `${last.command}\n${text.replace(/^> /, '')}`}
    else steps[steps.length - 1] = {...last, output: `${last.output}${text}\n`}
    isTyped = (text.startsWith('$ ') || isTyped) && text.endsWith('\\')
  }
  return steps
}
