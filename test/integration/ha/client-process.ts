/** A backend, and a client that connects to a virtual address again and again, as a process in the namespace of the hub. */
import {setTimeout as delay} from 'node:timers/promises'
import {startTcpBackend} from '../../support/backends.js'
import {scaled} from '../../support/timeouts.js'
import {askTcp} from '../../support/traffic.js'
import {HUB} from '../../e2e/network.js'

export type ClientOrder =
  | {readonly open: true}
  | {readonly start: {readonly address: string; readonly port: number}}
  /** Answers when a new connection has been answered. */
  | {readonly settle: true}
  /** Resets what was seen. */
  | {readonly seen: true}

/** What the client has seen. */
export type Seen = {
  readonly succeeded: number
  /** Connections that were refused, cut, or not answered within the patience of a client. */
  readonly failed: number
  /**
   * The longest time without service, milliseconds: between the starts of two connections that were answered at once. A connection
   * that waits until the kernel sends its first packet again does not count as answered at once.
   */
  readonly gap: number
  /**
   * The time from the start of the first connection that was not answered at once to that of the last one, milliseconds; 0 if there
   * is none. Connections count that began since the last call.
   */
  readonly disturbed: number
  /** Why connections failed, each reason once. */
  readonly reasons: readonly string[]
}

export type ClientAnswer = {readonly backendPort: number} | {readonly settled: boolean} | Seen

/** Milliseconds between the starts of two connections. */
const INTERVAL = 10
/** Milliseconds. The kernel sends a first packet again after 1000. */
const AT_ONCE = 700

let succeeded = 0
let failed = 0
let gap = 0
/** When the first and the last connection began that was not answered at once. */
let bad: {first: number; last: number} | undefined
/** When the counts were reset. */
let since = 0
let lastGood: number | undefined
let reasons = new Set<string>()

async function obey(order: ClientOrder): Promise<ClientAnswer> {
  if ('open' in order) return {backendPort: (await startTcpBackend('web', {address: HUB})).port}
  if ('start' in order) void askForever(order.start)
  if ('settle' in order) return untilAnswered(performance.now())
  return takeSeen()
}

function takeSeen(): Seen {
  const disturbed = bad ? bad.last - bad.first + INTERVAL : 0
  const now = {succeeded, failed, gap, disturbed, reasons: [...reasons]}
  succeeded = failed = gap = 0
  bad = undefined
  since = performance.now()
  reasons = new Set()
  return now
}

async function untilAnswered(from: number): Promise<{settled: boolean}> {
  const end = from + scaled(30_000)
  while ((lastGood ?? 0) < from && performance.now() < end) await delay(INTERVAL)
  return {settled: (lastGood ?? 0) >= from}
}

async function askForever(target: {address: string; port: number}): Promise<void> {
  for (;;) {
    void askOnce(target)
    await delay(INTERVAL)
  }
}

async function askOnce(target: {address: string; port: number}): Promise<void> {
  const start = performance.now()
  try {
    await askTcp(target)
    succeeded += 1
    if (performance.now() - start > AT_ONCE) noteBad(start)
    else noteGood(start)
  } catch (error) {
    failed += 1
    reasons.add((error as Error).message)
    noteBad(start)
  }
}

function noteBad(start: number): void {
  if (start < since) return
  const {first, last} = bad ?? {first: start, last: start}
  bad = {first: Math.min(first, start), last: Math.max(last, start)}
}

/** An earlier connection may be answered later. */
function noteGood(start: number): void {
  if (lastGood !== undefined && start < lastGood) return
  if (lastGood !== undefined) gap = Math.max(gap, start - lastGood)
  lastGood = start
}

process.on('message', (order: ClientOrder) => void obey(order).then((answer) => process.send?.(answer)))
process.on('disconnect', () => process.exit())
