/** Asks a unix socket that answers by itself, as NGINX's `return` does. */
import {createConnection} from 'node:net'

/** Everything that the other side writes before it closes; undefined when it does not within `limit` milliseconds. */
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
    socket.on('data', (text: string) => (answer += text))
    socket.on('end', () => end(answer === '' ? undefined : answer))
    socket.on('error', () => end(undefined))
  })
}
