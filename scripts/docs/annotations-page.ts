/** The annotation table as a page. */
import {ANNOTATION_ENTRIES, type AnnotationEntry} from '../../src/core/intent/annotations.js'
import {table} from './table.js'

const INTRODUCTION = `# Annotations

What a Service says to lbex. Values are strings: the API server refuses an unquoted number or boolean. An annotation that
lbex does not know, or a value that it cannot use, is reported, with the nearest one that exists
([diagnostics](diagnostics.md)).
`

export function annotationsPage(): string {
  const rows = ANNOTATION_ENTRIES.map((entry) => [
    `\`${nameOf(entry)}\``,
    valuesOf(entry),
    entry.fallback === undefined ? '' : `\`${entry.fallback}\``,
    entry.required,
  ])
  return [
    INTRODUCTION,
    table(['Annotation', 'Value', 'Default', 'Required'], rows),
    ...ANNOTATION_ENTRIES.map((entry) => `**\`${nameOf(entry)}\`**: ${sentencesOn(entry)}\n`),
  ].join('\n')
}

/** A key that takes a name behind its slash shows where. */
function nameOf({key}: AnnotationEntry): string {
  return key.endsWith('/') ? `${key}PORT-NAME` : key
}

function valuesOf({kind, values, form}: AnnotationEntry): string {
  return kind === 'enum' ? values.map((value) => `\`${value}\``).join(', ') : form
}

function sentencesOn({description, deprecatedFor}: AnnotationEntry): string {
  return deprecatedFor ? `${description} Deprecated: write \`${deprecatedFor}\`.` : description
}
