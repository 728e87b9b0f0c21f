/** Texts that are nearly right: seeded mutations of manifests, the same on every run. */

/** `count` texts, each made from one of `texts` by one to four small changes. */
export function* mutations(texts: readonly string[], count: number, seed: number): Generator<string> {
  const random = randomFrom(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  for (let made = 0; made < count; made += 1) {
    let text = pick(texts)
    const changes = 1 + Math.floor(random() * 4)
    for (let change = 0; change < changes; change += 1) text = pick(CHANGES)(text, random, pick)
    yield text
  }
}

/** Mulberry32: small, fast, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Change = (text: string, random: () => number, pick: <T>(items: readonly T[]) => T) => string

const at = (text: string, random: () => number): number => Math.floor(random() * (text.length + 1))

function onLine(
  change: (lines: string[], index: number, pick: <T>(items: readonly T[]) => T) => void,
): Change {
  return (text, random, pick) => {
    const lines = text.split('\n')
    change(lines, Math.floor(random() * lines.length), pick)
    return lines.join('\n')
  }
}

const SNIPPETS = [
  ':',
  ': ',
  '- ',
  '#',
  ' #',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  '&a ',
  '*a',
  '!!int ',
  '|',
  '>',
  '%',
  '@',
  '?',
  '\t',
  '\r',
  '\n',
  '\n\n',
  '---\n',
  '...\n',
  ' ',
  '  ',
  '<<: ',
  '~',
  'null',
  'yes',
  'true',
  '0x1F',
  '1_0',
  '-1',
  '.5',
  '1e3',
  '\u0000',
  '\uFEFF',
  '\u2028',
  '\u{1F600}',
  '\uD800',
  '__proto__: 1\n',
  '# lbex-ignore\n',
  '# lbex-ignore-next-line port-invalid -- x\n',
  '\\',
  '\\u0041',
]

const VALUES = [
  '',
  ' ',
  '8080',
  '"8080"',
  " ' 8080'",
  'true',
  '[]',
  '{}',
  'null',
  '~',
  '{a: 1}',
  '[a, b]',
  '&x 1',
  '*x',
  '|',
  '> x',
  '!!str 1',
  '99999999999999999999',
  '-0',
  '.nan',
]

const CHANGES: readonly Change[] = [
  // Cut a piece out.
  (text, random) => {
    const start = at(text, random)
    return text.slice(0, start) + text.slice(start + Math.floor(random() * 8))
  },
  (text, random, pick) => {
    const start = at(text, random)
    return text.slice(0, start) + pick(SNIPPETS) + text.slice(start)
  },
  // Swap one character for another of the same text.
  (text, random) => {
    const [to, from] = [at(text, random), at(text, random)]
    return text.slice(0, to) + text.slice(from, from + 1) + text.slice(to + 1)
  },
  onLine((lines, index) => void lines.splice(index, 1)),
  onLine((lines, index) => void lines.splice(index, 0, lines[index] ?? '')),
  onLine((lines, index) => void (lines[index] = ` ${lines[index]}`)),
  onLine((lines, index) => void (lines[index] = (lines[index] ?? '').replace(/^ /, ''))),
  onLine(
    (lines, index, pick) =>
      void (lines[index] = (lines[index] ?? '').replace(/:( .*)?$/, () => `: ${pick(VALUES)}`)),
  ),
  (text, random) => text.slice(0, at(text, random)),
  (text) => text.replaceAll('\n', '\r\n'),
]
