/** The order in which requests get their listeners: the same on every host and after a restart. */
import {createdAt as creationOf, orderOf} from '../cluster/by-age.js'
import type {OwnedRequest} from './make-listener.js'

/** Oldest Service first, then by namespace/name. Equal for the ports of one Service: a stable sort keeps their order. */
export function byPrecedence(a: OwnedRequest, b: OwnedRequest): number {
  return compare(createdAt(a), createdAt(b)) || compare(nameOf(a), nameOf(b))
}

/** Milliseconds since the epoch; Infinity for an object that the API server has not created yet. */
export function createdAt({plan}: OwnedRequest): number {
  return creationOf(plan.intent.service)
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function nameOf({plan}: OwnedRequest): string {
  return orderOf(plan.intent.service)
}
