/**
 * Which paths a pattern of `.lbex.yaml` means: `*` and `?` within a name, `**` over folders, `{a,b}`; a folder means all below
 * it. The repository that is judged writes the patterns, so no regular expression is made of them: one with many stars takes
 * exponential time. All ways through the pattern are followed at once instead, as in https://swtch.com/~rsc/regexp/regexp1.html:
 * the time is the length of the pattern times that of the path.
 */
export type PathPattern = {readonly test: (path: string) => boolean}

/** A test for paths with `/` that begin in the folder the pattern begins in. Braces that do not pair up stand for themselves. */
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

/** Takes one character and goes on with the next step, or goes on with each of `to` and takes nothing. */
type Step = {readonly takes: (character: string) => boolean} | {readonly to: number[]}

const ANY = (): boolean => true
const IN_NAME = (character: string): boolean => character !== '/'
const SLASH = (character: string): boolean => character === '/'

/** Behind the last step the path matches. A folder matches with all that is below it. */
function compile(parts: readonly string[], hasChoices: boolean): Step[] {
  const steps: Step[] = []
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

function addPart(steps: Step[], part: string): void {
  const start = steps.length
  if (part === '**/') steps.push({to: [start + 1, start + 5]}, ...repeated(ANY, start + 1), {takes: SLASH})
  else if (part === '/**')
    steps.push({to: [start + 1, start + 5]}, {takes: SLASH}, ...repeated(ANY, start + 2))
  else if (part === '**') steps.push(...repeated(ANY, start))
  else if (part === '*') steps.push(...repeated(IN_NAME, start))
  else if (part === '?') steps.push({takes: IN_NAME})
  else steps.push({takes: (character) => character === part})
}

/** The steps at and after `at` that take any number of such characters. */
function repeated(takes: (character: string) => boolean, at: number): Step[] {
  return [{to: [at + 1, at + 3]}, {takes}, {to: [at]}]
}

/** Where the alternatives of a pair of braces begin, and the lists that their ends lead to. */
type Choice = {readonly begins: number[]; readonly ends: number[][]}

function beginChoice(steps: Step[]): Choice {
  const begins = [steps.length + 1]
  steps.push({to: begins})
  return {begins, ends: []}
}

function nextChoice(steps: Step[], {begins, ends}: Choice): void {
  const end: number[] = []
  steps.push({to: end})
  ends.push(end)
  begins.push(steps.length)
}

function endChoice(steps: readonly Step[], open: Choice[]): void {
  for (const end of open.pop()?.ends ?? []) end.push(steps.length)
}

function matches(steps: readonly Step[], path: string): boolean {
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

function takes(step: Step | undefined, character: string): boolean {
  return step !== undefined && 'takes' in step && step.takes(character)
}

/** These steps, and all that they lead to without a character. */
function follow(steps: readonly Step[], from: readonly number[]): Set<number> {
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
