/**
 * Keeps a second lbex out of the folder of NGINX. Node has no file locks; the name of an abstract unix socket is as good:
 * one process has it, and the kernel takes it back however that process ends (https://man7.org/linux/man-pages/man7/unix.7.html).
 */
import {once} from 'node:events'
import {stat} from 'node:fs/promises'
import {createServer, type Server} from 'node:net'
import {Failure} from '../../../diagnostics/failure.js'
import {askSocket, isListening} from '../../../util/ask-socket.js'
import {describeHolder, holderOfAbstractSocket} from './socket-holder.js'
import {isTrusted} from './trusted-users.js'

export type Lock = {release(): Promise<void>}

/** Bytes of a socket's name. Some versions of Node fill it up with zeros, others do not: a full one is the same for all. */
const LONGEST_NAME = 108

/** How long the holder may take to say who it is, milliseconds. */
const ANSWER = 500

/** Rejects with the Failure `directory-locked` when another lbex has it; names its process when that one answers. */
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
  // A client could not be accepted; the name is ours all the same.
  server.on('error', () => {})
  server.unref()
  return {release: () => close(server)}
}

/** Any user can take the name of the lock and answer whatever he likes, so the kernel is asked who has it. */
export type LockHolder = {
  /** Absent if it cannot be seen and does not say. */
  readonly pid?: number
  /**
   * `lbex`: it runs as the user of lbex or as the owner of the folder. `stranger`: it does not. `unseen`: lbex may not look, as
   * in another container, and `pid` is what the process says.
   */
  readonly kind: 'lbex' | 'stranger' | 'unseen'
  /** `process 42 of user 1000`. */
  readonly name: string
}

/** Without getting in the way of an lbex that wants the lock; undefined if it is free. */
export async function lockHolder(directory: string): Promise<LockHolder | undefined> {
  const name = await nameOf(directory)
  return (await isListening(name)) ? lookAtHolder(name, directory) : undefined
}

async function lookAtHolder(socket: string, directory: string): Promise<LockHolder> {
  const seen = await holderOfAbstractSocket(socket)
  const {pid} = seen
  if (pid !== undefined) {
    const kind = isTrusted(pid, directory) ? 'lbex' : 'stranger'
    return {pid, kind, name: describeHolder(seen) ?? ''}
  }
  const answer = (await askSocket(socket, ANSWER)) ?? ''
  if (!/^\d{1,10}$/.test(answer)) return {kind: 'unseen', name: 'a process that lbex cannot see'}
  const name = `a process that lbex cannot see, and that says it is process ${answer},`
  return {pid: Number(answer), kind: 'unseen', name}
}

async function nameOf(directory: string): Promise<string> {
  const {dev, ino} = await stat(directory, {bigint: true})
  return `\0lbex-nginx-${dev.toString(16)}-${ino.toString(16)}-`.padEnd(LONGEST_NAME, '.')
}

async function locked(directory: string, socket: string, cause: unknown): Promise<Failure> {
  const {kind, pid, name} = await lookAtHolder(socket, directory)
  const who = {
    lbex: `another lbex (process ${pid}) uses`,
    stranger: `${name}, which is not lbex, holds the lock of`,
    unseen: `${name} holds the lock of`,
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
