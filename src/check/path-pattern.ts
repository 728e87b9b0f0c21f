/** Which paths a pattern of `.lbex.yaml` means: `*` and `?` within a name, `**` over folders, `{a,b}`; a folder means all below it. */

/** A test for paths with `/` that begin in the folder the pattern begins in. Braces that do not pair up stand for themselves. */
export function pathPattern(pattern: string): RegExp {
  const text = pattern.replace(/^\.\//, '').replace(/\/+$/, '')
  const hasChoices = isBalanced(text)
  let depth = 0
  const source = text.replaceAll(PARTS, (part) => {
    if (hasChoices && part === '{') depth += 1
    if (hasChoices && part === '}') depth -= 1
    const isChoice = part === ',' ? depth > 0 : hasChoices
    return WILDCARDS[part] ?? (isChoice ? CHOICES[part] : undefined) ?? `\\${part}`
  })
  return new RegExp(`^${source}(?:/.*)?$`)
}

function isBalanced(text: string): boolean {
  let depth = 0
  for (const brace of text.match(/[{}]/g) ?? []) {
    depth += brace === '{' ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}

const PARTS = /\*\*\/|\/\*\*|\*\*|[*?{},]|[.+^$()|[\]\\]/g

const WILDCARDS: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '/**': '(?:/.*)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
}

const CHOICES: Readonly<Record<string, string>> = {'{': '(?:', '}': ')', ',': '|'}
