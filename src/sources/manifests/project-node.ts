/** Projects a v1 Node to the fields that lbex uses. */
import type {Node, NodeAddress} from '../../core/cluster/objects.js'
import {present, type Field} from './fields.js'
import {NODE_FIELDS, reportUnknownFields} from './known-fields.js'
import {readMetadata} from './metadata.js'

/** The Node without `ref` and `origin`. */
export function projectNode(object: Field): Omit<Node, 'ref' | 'origin'> {
  const {labels, deletionTimestamp} = readMetadata(object)
  reportUnknownFields(object, NODE_FIELDS)
  const status = object.get('status').mapping()
  return present({
    deletionTimestamp,
    labels,
    addresses: status.get('addresses').items().flatMap(readAddress),
    taints: object.get('spec').mapping().get('taints').items().flatMap(readTaint),
    ready: readReady(status.get('conditions')),
  })
}

function readAddress(field: Field): NodeAddress[] {
  const entry = field.mapping()
  const type = required(entry.get('type'))
  const address = required(entry.get('address'))
  return type === undefined || address === undefined ? [] : [{type, address}]
}

function readTaint(field: Field): string[] {
  return [required(field.mapping().get('key')) ?? []].flat()
}

function required(field: Field): string | undefined {
  if (field.isAbsent) field.missing()
  return field.string()
}

function readReady(conditions: Field): Node['ready'] {
  const ready = conditions.items().find((condition) => condition.mapping().get('type').string() === 'Ready')
  const status = ready?.get('status').oneOf(['True', 'False', 'Unknown'])
  return status === 'True' || status === 'False' || status === 'Unknown' ? status : undefined
}
