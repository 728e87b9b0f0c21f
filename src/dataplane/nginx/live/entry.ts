/** The form in which templates/live.js finds the servers of an upstream: `WIDTH:SLOTS`, with the slots in the order of use. */
import {bracketed} from '../../../core/model/listener-key.js'
import type {LiveServer} from '../../nginx-file.js'

/** The entry of an upstream that has no server. */
export const NO_SERVER = '1:'

/** Slots of the largest entry. NGINX copies an entry for each connection, and takes at most 32 KiB in one request. */
const MOST_SLOTS = 500

/** Undefined if the servers have more slots than an entry may have. */
export function formatEntry(servers: readonly LiveServer[]): string | undefined {
  const total = servers.reduce((sum, {weight}) => sum + weight, 0)
  if (total > MOST_SLOTS) return undefined
  const names = servers.map(({address, port}) => `${bracketed(address)}:${port}`)
  const width = names.reduce((most, {length}) => Math.max(most, length), 1)
  const slots = smoothOrder(servers.map(({weight}) => weight)).map((index) => names[index]?.padEnd(width))
  return `${width}:${slots.join('')}`
}

/** The weight of each server (`ADDRESS:PORT`) of an entry; undefined if the entry is not valid. */
export function parseEntry(entry: string): ReadonlyMap<string, number> | undefined {
  const [, digits = '', slots = ''] = /^(\d{1,2}):(.*)$/.exec(entry) ?? []
  const width = Number(digits)
  if (width === 0 || slots.length % width !== 0) return undefined
  const weights = new Map<string, number>()
  for (let at = 0; at < slots.length; at += width) {
    const server = slots.slice(at, at + width).trimEnd()
    if (!SERVER.test(server)) return undefined
    weights.set(server, (weights.get(server) ?? 0) + 1)
  }
  return weights
}

const SERVER = /^(\d[\d.]+|\[[\da-f:.]+\]):\d{1,5}$/

/**
 * The order in which NGINX's round robin would use servers with these weights, as indexes: a server with a large weight is not
 * used several times in a row.
 * https://github.com/nginx/nginx/commit/52327e0627f49dbda1e8db695e63a4b0af4448b1
 */
function smoothOrder(weights: readonly number[]): number[] {
  if (weights.every((weight) => weight === 1)) return weights.map((_, index) => index)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const current = weights.map(() => 0)
  return Array.from({length: total}, () => {
    for (const [index, weight] of weights.entries()) current[index] = (current[index] ?? 0) + weight
    const next = current.indexOf(Math.max(...current))
    current[next] = (current[next] ?? 0) - total
    return next
  })
}
