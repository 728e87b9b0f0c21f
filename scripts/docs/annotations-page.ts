/** The annotation table as a page. */
import type {AnnotationEntry} from '../../src/core/intent/annotation-entry.js'
import {ANNOTATION_ENTRIES} from '../../src/core/intent/annotations.js'
import {table} from './table.js'

const INTRODUCTION = `# Annotations

The annotations of a Service that lbex reads. Values are strings: the API server rejects an unquoted number or boolean.
lbex reports an unknown annotation and an invalid value, and suggests the most similar valid one
([diagnostics](diagnostics.md)).

Annotations with [.PORT-NAME] are settings of listeners and upstreams. \`loadbalancer.lbex/SETTING\` applies to all ports of the
Service, and \`loadbalancer.lbex/SETTING.PORT-NAME\` to one port, for which it takes precedence:

\`\`\`yaml
metadata:
  annotations:
    loadbalancer.lbex/algorithm: least_conn
    loadbalancer.lbex/algorithm.dns: round_robin
\`\`\`
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
function nameOf({key, perPort}: AnnotationEntry): string {
  if (perPort) return `${key}[.PORT-NAME]`
  return key.endsWith('/') ? `${key}PORT-NAME` : key
}

function valuesOf({kind, values, form}: AnnotationEntry): string {
  return kind === 'enum' ? values.map((value) => `\`${value}\``).join(', ') : form
}

function sentencesOn({key, description, hasFlag, example, deprecatedFor}: AnnotationEntry): string {
  const flag = `--default-${key.slice(key.indexOf('/') + 1)}`
  return [
    description,
    ...(deprecatedFor ? [`Deprecated: write \`${deprecatedFor}\`.`] : []),
    ...(hasFlag ? [`\`${flag}\` sets the default of a host.`] : []),
    ...(example === undefined ? [] : [`Example: \`${key}: "${example}"\`.`]),
  ].join(' ')
}
