/** `lbex check` as JUnit XML: a suite for each file, a case for each Service; findings that fail the check are failures. */
import {describeObject, type Diagnostic} from '../../diagnostics/diagnostic.js'
import {fails, type CheckResult} from './check-result.js'
import {paragraphs} from '../../report/diagnostics-text.js'

type Case = {readonly name: string; readonly findings: readonly Diagnostic[]}
type Suite = {readonly file: string; readonly cases: readonly Case[]}

export function checkJunit(result: CheckResult): string {
  const suites = suitesOf(result)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="lbex check"${counts(
      suites.flatMap(({cases}) => cases),
      result,
    )}>`,
    ...suites.flatMap((suite) => suiteLines(suite, result)),
    '</testsuites>',
    '',
  ].join('\n')
}

function suitesOf({services, diagnostics}: CheckResult): Suite[] {
  const files = new Map<string, Map<string, Diagnostic[]>>()
  const findingsOf = (file: string, name: string): Diagnostic[] => {
    const cases = files.get(file) ?? new Map<string, Diagnostic[]>()
    const findings = cases.get(name) ?? []
    files.set(file, cases.set(name, findings))
    return findings
  }
  for (const {file, ref} of services) findingsOf(file, describeObject(ref))
  for (const diagnostic of diagnostics)
    findingsOf(fileOf(diagnostic), describeObject(diagnostic.object)).push(diagnostic)
  return [...files].map(([file, cases]) => ({
    file,
    cases: [...cases].map(([name, findings]) => ({name, findings})),
  }))
}

function fileOf({location, origin, object}: Diagnostic): string {
  return location?.file ?? origin?.file ?? object.name
}

function suiteLines({file, cases}: Suite, result: CheckResult): string[] {
  return [
    `  <testsuite name="${escape(file)}"${counts(cases, result)}>`,
    ...cases.flatMap((one) => caseLines(one, file, result)),
    '  </testsuite>',
  ]
}

function counts(cases: readonly Case[], result: CheckResult): string {
  const failed = cases.filter(({findings}) => findings.some((finding) => fails(finding, result)))
  return ` tests="${cases.length}" failures="${failed.length}" errors="0"`
}

function caseLines({name, findings}: Case, file: string, result: CheckResult): string[] {
  const head = `    <testcase name="${escape(name)}" classname="${escape(file)}"`
  if (findings.length === 0) return [`${head}/>`]
  const failed = findings.filter((finding) => fails(finding, result))
  const others = findings.filter((finding) => !fails(finding, result))
  return [
    `${head}>`,
    ...(failed.length > 0 ? [failure(failed)] : []),
    ...(others.length > 0 ? [`      <system-out>${escape(paragraphs(others).join('\n'))}</system-out>`] : []),
    '    </testcase>',
  ]
}

/** One per case: many JUnit readers show only the first. */
function failure(findings: readonly Diagnostic[]): string {
  const codes = [...new Set(findings.map(({code}) => code))].join(', ')
  const messages = findings.map(({message}) => message).join('; ')
  const text = paragraphs(findings).join('\n')
  return `      <failure type="${codes}" message="${escape(messages)}">${escape(text)}</failure>`
}

const ENTITIES: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}

/** XML 1.0 cannot represent most control characters, or half of a surrogate pair. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '?')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
}
