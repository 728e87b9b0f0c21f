/**
 * The socket on which systemd receives the state of a service: sd_notify(3). Node.js cannot open a unix datagram socket, but it can
 * write to an open one. The unit passes a connected socket as a file descriptor, in the form of sd_listen_fds(3).
 */
import {writeSync} from 'node:fs'
import {messageOf} from '../../diagnostics/failure.js'
import type {Logger} from '../../util/logger.js'

/** Assignments of one message, for example `{READY: '1'}`. A value has one line. */
export type Notification = Readonly<Record<string, string>>

export type Notify = (notification: Notification) => void

/** The first descriptor that systemd passes. */
const FIRST = 3

/** The descriptor of the socket, whose name is `notify`; undefined if process `pid` got none. */
export function notifyDescriptor(environment: NodeJS.ProcessEnv, pid: number): number | undefined {
  const {LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = ''} = environment
  if (LISTEN_PID !== String(pid)) return undefined
  const index = LISTEN_FDNAMES.split(':').indexOf('notify')
  return index >= 0 && index < Number(LISTEN_FDS) ? FIRST + index : undefined
}

/** Each call sends one datagram. lbex also serves if systemd does not get it, so the first error is logged and later ones are ignored. */
export function notifyThrough(descriptor: number, log: Logger): Notify {
  let hasFailed = false
  return (notification) => {
    try {
      writeSync(descriptor, messageText(notification))
    } catch (error) {
      if (!hasFailed) log.warn('systemd cannot be notified', {error: messageOf(error)})
      hasFailed = true
    }
  }
}

/** As sd_notify(3) says: one assignment on each line. */
function messageText(notification: Notification): string {
  const lines = Object.entries(notification).map(
    ([name, value]) => `${name}=${value.replaceAll(/\s+/g, ' ')}`,
  )
  return lines.join('\n')
}

/** WATCHDOG_USEC in milliseconds; undefined if systemd does not watch process `pid`: sd_watchdog_enabled(3). */
export function watchdogTimeout(environment: NodeJS.ProcessEnv, pid: number): number | undefined {
  const {WATCHDOG_USEC, WATCHDOG_PID} = environment
  const microseconds = Number(WATCHDOG_USEC)
  const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid)
  return isOurs && microseconds > 0 ? microseconds / 1000 : undefined
}
