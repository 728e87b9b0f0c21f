/** Where the formats of `lbex check` are written: one to standard output, the others to files. */
import type {CheckFlags, FormatOutput} from '../../cli/flags/check.js'
import {UsageError} from '../../cli/usage-error.js'
import {escapeFor} from '../../diagnostics/escape.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import {CHECK_FORMATS, CHECK_MEDIA} from '../formats/check-formats.js'
import type {CheckResult} from '../formats/check-result.js'
import {writeWithoutLinks} from '../../util/links.js'

export type Outputs = {
  readonly printed?: FormatOutput
  readonly written: readonly (FormatOutput & {readonly file: string})[]
}

/** Throws a UsageError if two formats would be printed. */
export function outputsOf({format = [{format: 'text'}], output}: CheckFlags): Outputs {
  const [printed, second] = format.filter(({file}) => file === undefined)
  if (second) {
    throw new UsageError(
      `${printed?.format} and ${second.format} cannot both be printed`,
      `write one of them to a file: --format ${second.format}=FILE`,
    )
  }
  const written = format.flatMap(({format: name, file}) => (file === undefined ? [] : [{format: name, file}]))
  if (output === undefined) return {...(printed && {printed}), written}
  if (printed) return {written: [{format: printed.format, file: output}, ...written]}
  throw new UsageError(
    '--output has no effect: each --format has its own file',
    'remove --output, or the file of one --format',
  )
}

export async function writeOutputs({written}: Outputs, result: CheckResult): Promise<void> {
  for (const {format, file} of written) {
    const text = CHECK_FORMATS[format]({...result, colour: false})
    await writeText(file, escapeFor(CHECK_MEDIA[format], text))
  }
}

/** Rejects with a Failure. */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeWithoutLinks(file, text, '.')
  } catch (error) {
    throw new Failure(`cannot write ${file}: ${messageOf(error)}`, {code: 'output-failed', cause: error})
  }
}
