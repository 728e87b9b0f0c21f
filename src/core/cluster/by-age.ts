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

export type Age = {
  /** As createdAt gives it. */
  readonly createdAt: number
  /** As orderOf gives it. */
  readonly order: string
}

/** Oldest first, then by namespace and name. */
export function compareAges(a: Age, b: Age): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  return a.order < b.order ? -1 : a.order > b.order ? 1 : 0
}
