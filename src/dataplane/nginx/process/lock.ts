/**
 * Keeps a second lbex out of the folder of NGINX. Node has no file locks. The name of an abstract unix socket does the same: only
 * one process can bind it, and the kernel releases it however that process ends (https://man7.org/linux/man-pages/man7/unix.7.html).
 */
import {once} from 'node:events'
import {stat} from 'node:fs/promises'
import {createServer, type Server} from 'node:net'
import {Failure} from '../../../diagnostics/failure.js'
import {askSocket, isListening} from '../../../util/ask-socket.js'
import {describeHolder, holderOfAbstractSocket} from './socket-holder.js'
import {isTrusted} from './trusted-users.js'

export type Lock = {release(): Promise<void>}

/** Bytes of a socket's name. Some versions of Node pad shorter names with zeros, others do not. */
const LONGEST_NAME = 108

/** How long the holder may take to answer with its pid, milliseconds. */
const ANSWER = 500

/** Rejects with the Failure `directory-locked` if another lbex has it; names its process if that answers. */
export async function lockDirectory(directory: string): Promise<Lock> {
  const name = await nameOf(directory)
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(String(process.pid), () => socket.destroy())
  })
  try {
    server.listen(name)
    await once(server, 'listening')
  } catch (cause) {
    throw await locked(directory, name, cause)
  }
  // An error here means that a client could not be accepted; lbex still has the lock.
  server.on('error', () => {})
  server.unref()
  return {release: () => close(server)}
}

/** Any user can bind the name of the lock and give any answer, so lbex asks the kernel which process has it. */
export type LockHolder = {
  /** Absent if it is hidden and does not answer. */
  readonly pid?: number
  /**
   * `lbex`: it runs as the user of lbex or as the owner of the folder. `stranger`: it does not. `hidden`: lbex has no permission to
   * inspect it, as in another container, and `pid` is its own answer.
   */
  readonly kind: 'lbex' | 'stranger' | 'hidden'
  /** `process 42 of user 1000`. */
  readonly name: string
}

/** Undefined if the lock is free. Does not prevent another lbex from taking it. */
export async function lockHolder(directory: string): Promise<LockHolder | undefined> {
  const name = await nameOf(directory)
  return (await isListening(name)) ? inspectHolder(name, directory) : undefined
}

async function inspectHolder(socket: string, directory: string): Promise<LockHolder> {
  const holder = await holderOfAbstractSocket(socket)
  const {pid} = holder
  if (pid !== undefined) {
    const kind = isTrusted(pid, directory) ? 'lbex' : 'stranger'
    return {pid, kind, name: describeHolder(holder) ?? ''}
  }
  const answer = (await askSocket(socket, ANSWER)) ?? ''
  if (!/^\d{1,10}$/.test(answer)) return {kind: 'hidden', name: 'a process that lbex cannot see'}
  const name = `a process that lbex cannot see, and that says it is process ${answer},`
  return {pid: Number(answer), kind: 'hidden', name}
}

async function nameOf(directory: string): Promise<string> {
  const {dev, ino} = await stat(directory, {bigint: true})
  return `\0lbex-nginx-${dev.toString(16)}-${ino.toString(16)}-`.padEnd(LONGEST_NAME, '.')
}

async function locked(directory: string, socket: string, cause: unknown): Promise<Failure> {
  const {kind, pid, name} = await inspectHolder(socket, directory)
  const who = {
    lbex: `another lbex (process ${pid}) uses`,
    stranger: `${name}, which is not lbex, holds the lock of`,
    hidden: `${name} holds the lock of`,
  }[kind]
  return new Failure(`${who} ${directory}`, {
    code: 'directory-locked',
    hint: 'stop that process, or give this lbex a folder of its own with --nginx-dir',
    cause,
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
