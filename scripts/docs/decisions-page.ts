/** docs/decisions/README.md: the index of the decision records, from their own first lines. */
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {table} from './table.js'

export type DecisionRecord = {
  readonly file: string
  readonly number: string
  readonly title: string
  readonly status: string
  readonly date: string
}

const INTRODUCTION = `# Decisions

Why lbex is built as it is. \`npm run docs\` writes this index from the first lines of the records. A record is never rewritten: a
later one supersedes it, and the status of the earlier one names the later one.

`

/** The index of a folder of records. Throws if one lacks its title, status or date, or if a number is missing or taken twice. */
export function decisionsPage(folder: string): string {
  const records = readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.md$/.test(name))
    .sort()
    .map((name) => decisionRecord(name, readFileSync(join(folder, name), 'utf8')))
  for (const [index, {file, number}] of records.entries())
    if (Number(number) !== index + 1) throw new Error(`${file}: the next number is ${index + 1}`)
  const rows = records.map(({file, number, title, status, date}) => [
    number,
    `[${title}](${file})`,
    status,
    date,
  ])
  return INTRODUCTION + table(['', 'decision', 'status', 'date'], rows)
}

export function decisionRecord(file: string, text: string): DecisionRecord {
  const match =
    /^# (\d+)\. (.+)\n\n- Status: (accepted|superseded by \[.+\]\(.+\))\n- Date: (\d{4}-\d{2}-\d{2})\n/.exec(
      text,
    )
  const [, number = '', title = '', status = '', date = ''] = match ?? []
  if (match === null || Number(file.slice(0, 4)) !== Number(number))
    throw new Error(
      `${file} must begin with "# NUMBER. TITLE", "- Status: accepted" and "- Date: YYYY-MM-DD"`,
    )
  return {file, number, title, status, date}
}
