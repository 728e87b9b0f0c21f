/** What `lbex check` looks at, what it reports, and how. */
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

export type FormatWish = {readonly format: (typeof FORMATS)[number]; readonly file?: string}
export type SeverityWish = {readonly code: DiagnosticCode; readonly severity: Severity}

const repeatable = {multiple: true, multipleNonGreedy: true} as const

const input = {
  ...fileFlags,
  'stdin-filename': Flags.custom<string>({
    description: 'What standard input (-) is called in findings.',
    helpGroup: 'input',
    helpValue: 'PATH',
    parse: async (text) => path(text),
  })(),
  'context-file': Flags.custom<string>({
    description:
      'Services of the cluster that the manifests are for, as kubectl get services -A -o yaml prints them: conflicts with them are found too. Repeatable.',
    helpGroup: 'input',
    helpValue: 'FILE',
    ...repeatable,
    parse: async (text) => path(text),
  })(),
  'allow-empty': Flags.boolean({
    description: 'Take it for fine when a path leads to no file, or no file holds a Service.',
    helpGroup: 'input',
  }),
}

const output = {
  format: Flags.custom<FormatWish>({
    defaultHelp: async () => 'text',
    description: `${FORMATS.join(', ')}; with =FILE into that file. Repeatable.`,
    helpGroup: 'output',
    helpValue: 'FORMAT[=FILE]',
    ...repeatable,
    parse: async (text) => formatWish(text),
  })(),
  output: Flags.custom<string>({
    description: 'Write the format that names no file of its own into this file instead of printing it.',
    helpGroup: 'output',
    helpValue: 'FILE',
    parse: async (text) => path(text),
  })(),
  fix: Flags.boolean({
    description:
      'Mend what can only be meant in one way: quotes, spaces, misspelt keys with one near name, deprecated keys.',
    exclusive: ['fix-dry-run', 'write-baseline'],
    helpGroup: 'output',
  }),
  'fix-dry-run': Flags.boolean({
    description: 'Print what --fix would change as a diff.',
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
    description: 'The least severity that ends with exit code 1.',
    helpGroup: 'rules',
  })(),
  'max-warnings': Flags.custom<number>({
    description: 'End with exit code 1 when there are more warnings.',
    helpGroup: 'rules',
    helpValue: 'N',
    parse: async (text) => wholeNumberFromZero(text),
  })(),
  disable: Flags.custom<DiagnosticCode>({
    description: 'Report nothing with this code. Repeatable.',
    helpGroup: 'rules',
    helpValue: 'CODE',
    ...repeatable,
    parse: async (text) => diagnosticCode(text),
  })(),
  severity: Flags.custom<SeverityWish>({
    description: 'Report this code as an error, a warning or an info. Repeatable.',
    helpGroup: 'rules',
    helpValue: 'CODE=LEVEL',
    ...repeatable,
    parse: async (text) => severityWish(text),
  })(),
  config: Flags.custom<string>({
    defaultHelp: async () => 'the nearest .lbex.yaml',
    description: 'Configuration file; none: read none.',
    helpGroup: 'rules',
    helpValue: 'FILE|none',
    parse: async (text) => path(text),
  })(),
  baseline: Flags.custom<string>({
    description: 'Report only what is not in this file, an earlier --write-baseline.',
    helpGroup: 'rules',
    helpValue: 'FILE',
    parse: async (text) => path(text),
  })(),
  'write-baseline': Flags.boolean({
    description: 'Write all findings to the file of --baseline.',
    helpGroup: 'rules',
  }),
  'target-nginx': Flags.custom<readonly [number, number, number]>({
    description: 'The version of NGINX that serves. Default: 1.22.1, the oldest that is supported.',
    helpGroup: 'rules',
    helpValue: 'VERSION',
    parse: async (text) => nginxVersion(text),
  })(),
  'unprivileged-nginx': Flags.boolean({
    description: 'NGINX runs without the right to listen on ports below 1024: warn of them.',
    helpGroup: 'rules',
  }),
}

export const checkFlags = withEnvironment({...input, ...output, ...rules})

export type CheckFlags = Interfaces.InferredFlags<typeof checkFlags>

/** A code of the catalogue. */
function diagnosticCode(text: string): DiagnosticCode {
  if (isCode(text)) return text
  const guess = nearest(text, CODES)
  const hint = guess === undefined ? 'lbex check --list-rules shows all codes' : `did you mean ${guess}?`
  throw new UsageError(`there is no code ${JSON.stringify(text)}`, hint)
}

function formatWish(text: string): FormatWish {
  const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
  const format = FORMATS.find((known) => known === name)
  if (!format) {
    const guess = nearest(name, FORMATS)
    const wanted = `must be one of ${FORMATS.join(', ')}, this is ${JSON.stringify(name)}`
    throw new UsageError(wanted, guess && `did you mean ${guess}?`)
  }
  return {format, ...(file !== undefined && {file: path(file)})}
}

function severityWish(text: string): SeverityWish {
  const [code = '', level] = text.split('=')
  const severity = SEVERITIES.find((known) => known === level)
  if (severity) return {code: diagnosticCode(code), severity}
  throw new UsageError(`must be CODE=error, CODE=warning or CODE=info, this is ${JSON.stringify(text)}`)
}
