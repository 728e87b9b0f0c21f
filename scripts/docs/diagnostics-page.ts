/** The catalogue of diagnostics as a page; the examples are taken from the golden cases. */
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {CATALOGUE} from '../../src/diagnostics/catalogue.js'
import type {Severity} from '../../src/diagnostics/rule.js'

const INTRODUCTION = `# Diagnostics

Everything that lbex has to say about the objects it reads. \`render\` and \`run\` show the same findings, in the same words, with
the place in the manifest where there is one.

- **error**: something that was asked is not served (the exit code of \`render\` is 1)
- **warning**: it is served, but not as asked
- **info**: good to know
`

/** \`golden\` is the folder of the golden cases. */
export function diagnosticsPage(golden: string): string {
  const examples = examplesIn(golden)
  const sections = Object.entries(CATALOGUE).map(([code, rule]) => section(code, rule, examples.get(code)))
  return [INTRODUCTION, ...sections].join('\n')
}

function section(
  code: string,
  rule: {severity: Severity; reason: string},
  example: string | undefined,
): string {
  const shown = example === undefined ? '' : `\n\`\`\`text\n${example}\n\`\`\`\n`
  return `## ${code}\n\n**${rule.severity}**. ${rule.reason}\n${shown}`
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
