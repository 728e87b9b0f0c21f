/** Which paths a pattern of `.lbex.yaml` means: `*` and `?` within a name, `**` over folders, `{a,b}`; a folder means all below it. */

/** A test for paths with `/` that begin in the folder the pattern begins in. */
export function pathPattern(pattern: string): RegExp {
  const source = pattern
    .replace(/^\.\//, '')
    .replace(/\/+$/, '')
    .replaceAll(PARTS, (part) => TRANSLATIONS[part] ?? `\\${part}`)
  return new RegExp(`^${source}(?:/.*)?$`)
}

const PARTS = /\*\*\/|\/\*\*|\*\*|[*?{},]|[.+^$()|[\]\\]/g

const TRANSLATIONS: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '/**': '(?:/.*)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
  '}': ')',
  ',': '|',
}
