/** The order in which Services get what only one of them can have: the same on every host and after a restart. */
import type {Service} from './objects.js'

/** Milliseconds since the epoch; Infinity for an object that the API server has not created yet. */
export function createdAt({creationTimestamp}: Pick<Service, 'creationTimestamp'>): number {
  const time = Date.parse(creationTimestamp ?? '')
  return Number.isNaN(time) ? Infinity : time
}

/** NUL sorts before every character of a name, so that a namespace sorts before the ones that it is a prefix of. */
export function orderOf({ref}: Pick<Service, 'ref'>): string {
  return `${ref.namespace}\0${ref.name}`
}
