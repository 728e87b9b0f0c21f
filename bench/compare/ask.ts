/** A client that says nothing. */
import {connect} from 'node:net'

/** Connects to the port on 127.0.0.1, and closes after the first answer. False if there is none in `patience` milliseconds. */
export function ask(port: number, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({port, host: '127.0.0.1'})
    const end = (answered: boolean): void => {
      resolve(answered)
      socket.destroy()
    }
    // If this process was stalled, an answer may be in the kernel: Node reads it first.
    socket.setTimeout(patience, () => setImmediate(() => end(false)))
    socket.on('data', () => end(true))
    socket.on('error', () => end(false))
    socket.on('close', () => end(false))
  })
}
