/** Ranges of listen ports: `20000-20100`. */
import {parsePort} from './values.js'

/** Port numbers; `first` is at most `last`. */
export type PortRange = {readonly first: number; readonly last: number}

/** Each port of a range costs NGINX as much as a Service. */
const MOST_PORTS = 1000

/** The range, or why it is not valid. Undefined if the text does not look like a range. */
export function parsePortRange(text: string): PortRange | {readonly why: string} | undefined {
  const [, start = '', end = ''] = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(text) ?? []
  if (start === '') return undefined
  if (/\s/.test(text)) return {why: 'it contains spaces'}
  const [first, last] = [parsePort(start), parsePort(end)]
  if (first === undefined || last === undefined)
    return {why: `${first === undefined ? start : end} is not a valid port number`}
  if (first > last) return {why: `the first port, ${first}, is above the last port, ${last}`}
  const count = last - first + 1
  return count > MOST_PORTS ? {why: `it has ${count} ports, but the limit is ${MOST_PORTS}`} : {first, last}
}

/** The number of listen ports that these Service ports have. */
export function countListenPorts(ports: readonly {readonly range?: PortRange}[]): number {
  return ports.reduce((sum, {range}) => sum + (range ? range.last - range.first + 1 : 1), 0)
}
