/** A client that begins like one of TLS, whatever the port expects. */
import {connect} from 'node:net'
import {clientHello} from '../../test/support/client-hello.js'

const HELLO = clientHello({name: 'service.example.com'})
const PATIENCE = 10_000

/** Connects, sends a ClientHello, and closes after the first answer. False if there is none. */
export function ask(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({port, host: '127.0.0.1'})
    const end = (answered: boolean): void => {
      resolve(answered)
      socket.destroy()
    }
    socket.setTimeout(PATIENCE, () => end(false))
    socket.on('connect', () => socket.write(HELLO))
    socket.on('data', () => end(true))
    socket.on('error', () => end(false))
    socket.on('close', () => end(false))
  })
}
