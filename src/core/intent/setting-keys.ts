/** Annotations for one port of a Service: `loadbalancer.lbex/SETTING.PORT-NAME`. */
import type {Service} from '../cluster/objects.js'
import type {AnnotationEntry} from './annotation-entry.js'
import {ANNOTATION_ENTRIES} from './annotations.js'

/** Refers to the only port of a Service, whatever its name. */
export const UNNAMED = 'unnamed'

/** The annotation of the table, and the name of the port. */
export type PortSettingKey = {readonly entry: AnnotationEntry; readonly portName: string}

const PER_PORT = new Map(ANNOTATION_ENTRIES.filter(({perPort}) => perPort).map((entry) => [entry.key, entry]))

/** Undefined if the key is not that of a setting for one port. The names of ports have no dots. */
export function parsePortSettingKey(key: string): PortSettingKey | undefined {
  const dot = key.indexOf('.', key.indexOf('/') + 1)
  const entry = dot === -1 ? undefined : PER_PORT.get(key.slice(0, dot))
  return entry && {entry, portName: key.slice(dot + 1)}
}

/** The names that annotations may use for the ports of the Service. */
export function portNamesOf({ports}: Pick<Service, 'ports'>): readonly string[] {
  const names = ports.map((port) => port.name).filter((name) => name !== '')
  return ports.length === 1 ? [...names, UNNAMED] : names
}

/** The same for a message: without `unnamed` if the only port has a name, because a reader would take that for a second port. */
export function shownPortNames(service: Pick<Service, 'ports'>): readonly string[] {
  const names = portNamesOf(service)
  return service.ports.length === 1 ? names.slice(0, 1) : names
}
