/** Reads from a unix socket that sends its answer without a request, as NGINX's `return` does. */
import {createConnection} from 'node:net'

/** More than any answer that lbex expects; the holder of the socket may send without end. */
const LONGEST_ANSWER = 4096

/**
 * Everything that the other side writes before it closes. Undefined if it does not close within `limit` milliseconds, or
 * sends more than 4 KiB.
 */
export function askSocket(path: string, limit: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    let answer = ''
    const end = (result: string | undefined): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => end(undefined), limit)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      answer += text
      if (answer.length > LONGEST_ANSWER) end(undefined)
    })
    socket.on('end', () => end(answer === '' ? undefined : answer))
    socket.on('error', () => end(undefined))
  })
}

/** Whether a process listens on a unix socket, also if it is too busy to answer or lbex has no permission to connect. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', ({code = ''}: NodeJS.ErrnoException) => {
      resolve(!['ECONNREFUSED', 'ENOENT', 'ENOTDIR'].includes(code))
    })
  })
}
