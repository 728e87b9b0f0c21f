/** Reads NGINX's configuration language far enough to say which directives stand where, with which parameters. */

/** `server/listen`, with what follows it up to the semicolon or the opening brace. */
export type Directive = {readonly path: string; readonly parameters: readonly string[]}

/** Throws where NGINX would say that a file is not well-formed. */
export function readDirectives(text: string): Directive[] {
  const found: Directive[] = []
  const blocks: string[] = []
  let words: string[] = []
  for (const {word, mark} of tokens(text)) {
    if (word !== undefined) {
      words.push(word)
    } else if (mark === '}') {
      if (words.length > 0 || blocks.pop() === undefined) throw new Error('unexpected }')
    } else {
      const [name, ...parameters] = words
      if (name === undefined) throw new Error(`unexpected ${mark}`)
      found.push({path: [...blocks, name].join('/'), parameters})
      if (mark === '{') blocks.push(name)
      words = []
    }
  }
  if (words.length > 0 || blocks.length > 0) throw new Error('unexpected end of file')
  return found
}

type Token = {readonly word?: string; readonly mark?: string}

/** As ngx_conf_read_token: comments and quotes begin where a token does, and a backslash takes the next character along. */
function* tokens(text: string): Generator<Token> {
  const pattern =
    /[ \t\r\n]+|#[^\n]*|(?<mark>[;{}])|"(?<double>(?:[^"\\]|\\[^])*)"|'(?<single>(?:[^'\\]|\\[^])*)'|(?<plain>(?:[^ \t\r\n;{}\\]|\\[^])(?:\$\{|[^ \t\r\n;{\\]|\\[^])*)/gy
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex
    const groups = pattern.exec(text)?.groups
    if (!groups) throw new Error(`cannot read on at ${JSON.stringify(text.slice(start, start + 20))}`)
    const {mark, double, single, plain} = groups
    const word = double ?? single ?? plain
    if (mark !== undefined) yield {mark}
    else if (word !== undefined) yield {word}
  }
}
