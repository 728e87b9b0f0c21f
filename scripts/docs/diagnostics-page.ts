/** The catalogue of diagnostics as a page; the examples are taken from the golden cases. */
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {CATALOGUE, CODES, type DiagnosticCode} from '../../src/diagnostics/catalogue.js'
import type {Example} from '../../src/diagnostics/examples/example.js'
import {EXAMPLES} from '../../src/diagnostics/examples/examples.js'
import {FIRST_VERSION, type DiagnosticRule} from '../../src/diagnostics/rule.js'

const INTRODUCTION = `# Diagnostics

All diagnostics that lbex reports about the objects it reads. \`check\`, \`render\` and \`run\` report the same diagnostics with the
same messages, and show the position in the manifest if there is one. \`lbex check --explain CODE\` shows the section of one code.

- **error**: something is not served (the exit code of \`check\` and \`render\` is 1)
- **warning**: it is served, but not as requested
- **info**: good to know
`

/** `golden` is the folder of the golden cases. */
export function diagnosticsPage(golden: string): string {
  const examples = examplesIn(golden)
  return [INTRODUCTION, ...CODES.map((code) => section(code, examples.get(code)))].join('\n')
}

type RuleText = Pick<DiagnosticRule<never>, 'severity' | 'reason' | 'since'>

function section(code: DiagnosticCode, finding: string | undefined): string {
  const {severity, reason, since = FIRST_VERSION}: RuleText = CATALOGUE[code]
  const shown = finding === undefined ? [] : [block('text', finding)]
  const parts = [`**${severity}**, since ${since}. ${reason}`, ...shown, ...exampleBlocks(EXAMPLES[code])]
  return [`## ${code}`, ...parts, ''].join('\n\n')
}

function exampleBlocks(example: Example): string[] {
  if ('never' in example) return [`No manifest causes it: ${example.never}. What to do: ${example.remedy}.`]
  const {bad, good, flags} = example
  const called = flags ? ` (with \`${flags.join(' ')}\`)` : ''
  return [`Bad${called}:`, block('yaml', bad), 'Good:', block('yaml', good)]
}

function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}

/** By code the first finding in any golden case, with the lines that belong to it. */
function examplesIn(golden: string): Map<string, string> {
  const texts = readdirSync(golden, {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.diagnostics'))
    .sort()
    .map((name) => readFileSync(join(golden, name), 'utf8'))
  const examples = new Map<string, string>()
  for (const finding of texts.flatMap(findings)) {
    const code = /: (?:error|warning|info) ([a-z-]+) /.exec(finding)?.[1]
    if (code !== undefined && !examples.has(code)) examples.set(code, finding)
  }
  return examples
}

/** A finding is a line and the indented ones below it. */
function findings(text: string): string[] {
  return text.trimEnd().split(/\n(?! )/)
}
