/**
 * Keeps a second lbex out of the folder of NGINX. Node has no file locks; the name of an abstract unix socket is as good:
 * one process has it, and the kernel takes it back however that process ends (https://man7.org/linux/man-pages/man7/unix.7.html).
 */
import {once} from 'node:events'
import {stat} from 'node:fs/promises'
import {createServer, type Server} from 'node:net'
import {Failure} from '../diagnostics/failure.js'
import {askSocket} from './ask-socket.js'

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
  // Somebody who asks could not be accepted; the name is ours all the same.
  server.on('error', () => {})
  server.unref()
  return {release: () => close(server)}
}

/** The process of the lbex that has it, without getting in the way of one that wants it; undefined when there is none. */
export async function lockHolder(directory: string): Promise<number | undefined> {
  const answer = await askSocket(await nameOf(directory), ANSWER)
  return answer === undefined ? undefined : Number(answer)
}

async function nameOf(directory: string): Promise<string> {
  const {dev, ino} = await stat(directory, {bigint: true})
  return `\0lbex-nginx-${dev.toString(16)}-${ino.toString(16)}-`.padEnd(LONGEST_NAME, '.')
}

async function locked(directory: string, name: string, cause: unknown): Promise<Failure> {
  const holder = await askSocket(name, ANSWER)
  const who = holder === undefined ? 'another lbex' : `another lbex (process ${holder})`
  return new Failure(`${who} uses ${directory}`, {
    code: 'directory-locked',
    hint: 'stop the other one, or give this one a folder of its own with --nginx-dir',
    cause,
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
