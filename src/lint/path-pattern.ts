/**
 * Path patterns of `.lbex.yaml`: `*` and `?` within a name, `**` across folders, `{a,b}`; a folder matches everything below it. The
 * patterns come from the repository that is checked, so they are not converted to regular expressions: one with many stars could
 * take exponential time. The pattern is run as an NFA instead (https://swtch.com/~rsc/regexp/regexp1.html), which takes the length
 * of the pattern times the length of the path.
 */
export type PathPattern = {readonly test: (path: string) => boolean}

/** Matches paths with `/`, relative to the same folder as the pattern. Unbalanced braces are literal characters. */
export function pathPattern(pattern: string): PathPattern {
  const text = pattern.replace(/^\.\//, '').replace(/\/+$/, '')
  const steps = compile(text.match(PARTS) ?? [], isBalanced(text))
  return {test: (path) => matches(steps, path)}
}

function isBalanced(text: string): boolean {
  let depth = 0
  for (const brace of text.match(/[{}]/g) ?? []) {
    depth += brace === '{' ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}

const PARTS = /\*\*\/|\/\*\*|\*\*|[^]/g

/** Consumes one character and continues with the next step, or continues with each of `to` without consuming one. */
type PatternStep = {readonly takes: (character: string) => boolean} | {readonly to: number[]}

const ANY = (): boolean => true
const IN_NAME = (character: string): boolean => character !== '/'
const SLASH = (character: string): boolean => character === '/'

/** The path matches if the state after the last step is reached. `/**` at the end lets a folder match everything below it. */
function compile(parts: readonly string[], hasChoices: boolean): PatternStep[] {
  const steps: PatternStep[] = []
  const open: Choice[] = []
  for (const part of parts) {
    const choice = open.at(-1)
    if (hasChoices && part === '{') open.push(beginChoice(steps))
    else if (choice && part === ',') nextChoice(steps, choice)
    else if (choice && part === '}') endChoice(steps, open)
    else addPart(steps, part)
  }
  addPart(steps, '/**')
  return steps
}

function addPart(steps: PatternStep[], part: string): void {
  const start = steps.length
  if (part === '**/') steps.push({to: [start + 1, start + 5]}, ...repeated(ANY, start + 1), {takes: SLASH})
  else if (part === '/**')
    steps.push({to: [start + 1, start + 5]}, {takes: SLASH}, ...repeated(ANY, start + 2))
  else if (part === '**') steps.push(...repeated(ANY, start))
  else if (part === '*') steps.push(...repeated(IN_NAME, start))
  else if (part === '?') steps.push({takes: IN_NAME})
  else steps.push({takes: (character) => character === part})
}

/** Steps, beginning at index `at`, that consume any number of such characters. */
function repeated(takes: (character: string) => boolean, at: number): PatternStep[] {
  return [{to: [at + 1, at + 3]}, {takes}, {to: [at]}]
}

/** A pair of braces: the indexes where its alternatives begin, and the targets of the jumps at their ends. */
type Choice = {readonly begins: number[]; readonly ends: number[][]}

function beginChoice(steps: PatternStep[]): Choice {
  const begins = [steps.length + 1]
  steps.push({to: begins})
  return {begins, ends: []}
}

function nextChoice(steps: PatternStep[], {begins, ends}: Choice): void {
  const end: number[] = []
  steps.push({to: end})
  ends.push(end)
  begins.push(steps.length)
}

function endChoice(steps: readonly PatternStep[], open: Choice[]): void {
  for (const end of open.pop()?.ends ?? []) end.push(steps.length)
}

function matches(steps: readonly PatternStep[], path: string): boolean {
  let reached = follow(steps, [0])
  for (let index = 0; index < path.length && reached.size > 0; index += 1) {
    const character = path.charAt(index)
    reached = follow(
      steps,
      [...reached].flatMap((at) => (takes(steps[at], character) ? [at + 1] : [])),
    )
  }
  return reached.has(steps.length)
}

function takes(step: PatternStep | undefined, character: string): boolean {
  return step !== undefined && 'takes' in step && step.takes(character)
}

/** These steps, and all steps that can be reached from them without consuming a character. */
function follow(steps: readonly PatternStep[], from: readonly number[]): Set<number> {
  const reached = new Set<number>()
  const left = [...from]
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (reached.has(at)) continue
    reached.add(at)
    const step = steps[at]
    if (step && 'to' in step) left.push(...step.to)
  }
  return reached
}
