/** What lbex does with the fields of Kubernetes objects, as a page. */
import {
  ENDPOINT_FIELDS,
  NODE_SPEC_FIELDS,
  SERVICE_SPEC_FIELDS,
  type FieldSupport,
} from '../../src/core/cluster/supported-fields.js'
import {table} from './table.js'

const INTRODUCTION = `# Supported fields

What lbex does with each field. **honoured**: lbex does what the field says. **reported**: lbex cannot do that, and a
[diagnostic](diagnostics.md) says so. **irrelevant**: the field has no meaning for an external load balancer, or another component acts on it.
`

export function supportedFieldsPage(): string {
  return [
    INTRODUCTION,
    section('Service: spec', SERVICE_SPEC_FIELDS),
    section('EndpointSlice: endpoints', ENDPOINT_FIELDS),
    section('Node: spec', NODE_SPEC_FIELDS),
  ].join('\n')
}

function section(title: string, fields: Readonly<Record<string, FieldSupport>>): string {
  const rows = Object.entries(fields).map(([name, {support, note}]) => [`\`${name}\``, support, note])
  return `## ${title}\n\n${table(['Field', 'lbex', 'Note'], rows)}`
}
