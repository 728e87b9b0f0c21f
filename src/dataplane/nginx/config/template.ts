import {Liquid, type Template as ParsedTemplate} from 'liquidjs'
import {comment, guardOutput, quoted, RefusedValue} from './output-guard.js'

/** A parsed template. */
export type Template = (scope: object) => string

/** Thrown by a Template for a value that must not reach NGINX; `place` is LINE:COLUMN in the template. */
export class UnsafeOutput extends Error {
  constructor(
    readonly value: string,
    readonly place: string,
  ) {
    super(`${JSON.stringify(value)} is refused at ${place}`)
  }
}

const liquid = new Liquid({
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  outputEscape: guardOutput,
})
liquid.registerFilter('comment', comment)
liquid.registerFilter('quoted', quoted)

/** Parses `text`; `name` appears in errors. Throws if the text is not a valid template: that is a bug of the template. */
export function parseTemplate(name: string, text: string): Template {
  const parsed = liquid.parse(text, name)
  return (scope) => fill(name, parsed, scope)
}

function fill(name: string, parsed: ParsedTemplate[], scope: object): string {
  try {
    return `${(liquid.renderSync(parsed, scope) as string).trim()}\n`
  } catch (error) {
    throw asUnsafeOutput(name, error) ?? error
  }
}

/** liquid wraps what a filter or the guard throws, with the position in the template. */
function asUnsafeOutput(name: string, error: unknown): UnsafeOutput | undefined {
  const {originalError, token} = error as {originalError?: unknown; token?: {getPosition(): [number, number]}}
  if (!(originalError instanceof RefusedValue)) return undefined
  return new UnsafeOutput(originalError.value, [name, ...(token?.getPosition() ?? [])].join(':'))
}
