/** The flags of `lbex check` alone: input, output and rules. */
import {Flags, type Interfaces} from '@oclif/core'
import {CODES, isCode, type DiagnosticCode} from '../../diagnostics/catalogue.js'
import {nearest} from '../../diagnostics/nearest.js'
import type {Severity} from '../../diagnostics/rule.js'
import {UsageError} from '../usage-error.js'
import {nginxVersion, path, wholeNumberFromZero} from '../values.js'
import {fileFlags} from './input.js'
import {withEnvironment} from './named.js'

const FORMATS = ['text', 'json', 'sarif', 'junit', 'github', 'markdown'] as const
const SEVERITIES = ['error', 'warning', 'info'] as const

export type FormatOutput = {readonly format: (typeof FORMATS)[number]; readonly file?: string}
export type SeverityChange = {readonly code: DiagnosticCode; readonly severity: Severity}

const repeatable = {multiple: true, multipleNonGreedy: true} as const

const input = {
  ...fileFlags,
  'stdin-filename': Flags.custom<string>({
    description: 'Name of standard input (-) in findings.',
    helpGroup: 'input',
    helpValue: 'PATH',
    parse: async (text) => path(text),
  })(),
  'context-file': Flags.custom<string>({
    description:
      'Services of the target cluster, as printed by kubectl get services -A -o yaml. Conflicts with them are reported too. Repeatable.',
    helpGroup: 'input',
    helpValue: 'FILE',
    ...repeatable,
    parse: async (text) => path(text),
  })(),
  'allow-empty': Flags.boolean({
    description: 'Do not fail if a path matches no file, or no file contains a Service.',
    helpGroup: 'input',
  }),
}

const output = {
  format: Flags.custom<FormatOutput>({
    defaultHelp: async () => 'text',
    description: `${FORMATS.join(', ')}; with =FILE, written to that file. Repeatable.`,
    helpGroup: 'output',
    helpValue: 'FORMAT[=FILE]',
    ...repeatable,
    parse: async (text) => formatOutput(text),
  })(),
  output: Flags.custom<string>({
    description: 'Write the format that has no =FILE to this file instead of printing it.',
    helpGroup: 'output',
    helpValue: 'FILE',
    parse: async (text) => reportFile(text),
  })(),
  fix: Flags.boolean({
    description:
      'Fix what has only one possible correction: quotes, spaces, misspelled keys with one similar name, deprecated keys.',
    exclusive: ['fix-dry-run', 'write-baseline'],
    helpGroup: 'output',
  }),
  'fix-dry-run': Flags.boolean({
    description: 'Print the changes that --fix would make as a diff.',
    exclusive: ['fix', 'write-baseline'],
    helpGroup: 'output',
  }),
  explain: Flags.custom<DiagnosticCode>({
    description: 'Explain a code, with examples.',
    helpGroup: 'output',
    helpValue: 'CODE',
    parse: async (text) => diagnosticCode(text),
  })(),
  'list-rules': Flags.boolean({
    description: 'List all codes; with --format json as JSON.',
    exclusive: ['explain'],
    helpGroup: 'output',
  }),
}

const rules = {
  'fail-on': Flags.option({
    options: SEVERITIES,
    defaultHelp: async () => 'error' as const,
    description: 'The lowest severity that gives exit code 1.',
    helpGroup: 'rules',
  })(),
  'max-warnings': Flags.custom<number>({
    description: 'Exit with code 1 if there are more warnings than this.',
    helpGroup: 'rules',
    helpValue: 'N',
    parse: async (text) => wholeNumberFromZero(text),
  })(),
  disable: Flags.custom<DiagnosticCode>({
    description: 'Do not report findings with this code. Repeatable.',
    helpGroup: 'rules',
    helpValue: 'CODE',
    ...repeatable,
    parse: async (text) => diagnosticCode(text),
  })(),
  severity: Flags.custom<SeverityChange>({
    description: 'Report findings with this code as error, warning or info. Repeatable.',
    helpGroup: 'rules',
    helpValue: 'CODE=LEVEL',
    ...repeatable,
    parse: async (text) => severityChange(text),
  })(),
  config: Flags.custom<string>({
    defaultHelp: async () => 'the nearest .lbex.yaml',
    description: 'Configuration file; none ignores .lbex.yaml.',
    helpGroup: 'rules',
    helpValue: 'FILE|none',
    parse: async (text) => path(text),
  })(),
  baseline: Flags.custom<string>({
    description: 'Report only findings that are not in this file, which --write-baseline wrote.',
    helpGroup: 'rules',
    helpValue: 'FILE',
    parse: async (text) => path(text),
  })(),
  'write-baseline': Flags.boolean({
    description: 'Write all findings to the file of --baseline.',
    helpGroup: 'rules',
  }),
  'target-nginx': Flags.custom<readonly [number, number, number]>({
    description: 'The version of NGINX that will serve. Default: 1.22.1, the oldest supported version.',
    helpGroup: 'rules',
    helpValue: 'VERSION',
    parse: async (text) => nginxVersion(text),
  })(),
  'unprivileged-nginx': Flags.boolean({
    description: 'Report ports below 1024: NGINX will run without the capability to listen on them.',
    helpGroup: 'rules',
  }),
}

export const checkFlags = withEnvironment({...input, ...output, ...rules})

export type CheckFlags = Interfaces.InferredFlags<typeof checkFlags>

function diagnosticCode(text: string): DiagnosticCode {
  if (isCode(text)) return text
  const guess = nearest(text, CODES)
  const hint = guess === undefined ? 'lbex check --list-rules shows all codes' : `did you mean ${guess}?`
  throw new UsageError(`unknown code ${JSON.stringify(text)}`, hint)
}

function formatOutput(text: string): FormatOutput {
  const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
  const format = FORMATS.find((known) => known === name)
  if (!format) {
    const guess = nearest(name, FORMATS)
    const wanted = `must be one of ${FORMATS.join(', ')}, this is ${JSON.stringify(name)}`
    throw new UsageError(wanted, guess && `did you mean ${guess}?`)
  }
  return {format, ...(file !== undefined && {file: reportFile(file)})}
}

/** Other programs have the format after --output: a file with such a name would be a surprise. */
function reportFile(text: string): string {
  const format = FORMATS.find((name) => name === text)
  if (format === undefined) return path(text)
  throw new UsageError(
    `${format} is the name of a format, not of a file`,
    `to print that format, write --format ${format}; to write a file with that name, ./${format}`,
  )
}

function severityChange(text: string): SeverityChange {
  const [code = '', level] = text.split('=')
  const severity = SEVERITIES.find((known) => known === level)
  if (severity) return {code: diagnosticCode(code), severity}
  throw new UsageError(`must be CODE=error, CODE=warning or CODE=info, this is ${JSON.stringify(text)}`)
}
