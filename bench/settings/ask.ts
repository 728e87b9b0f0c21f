/** A client for each kind of listener. It begins like one of TLS, whatever the port expects. */
import {connect, type Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'
import {clientHello} from '../../test/support/client-hello.js'

const HELLO = clientHello({name: 'service.example.com'})
const PATIENCE = 10_000

/** `tls`: makes a handshake, a full one each time. `plain`: only sends a ClientHello. */
export type Client = 'plain' | 'tls'

/** Connects to the port on 127.0.0.1, and closes after the first answer. False if there is none. */
export function ask(port: number, client: Client = 'plain'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = client === 'tls' ? openTls(port) : openPlain(port)
    const end = (answered: boolean): void => {
      resolve(answered)
      socket.destroy()
    }
    socket.setTimeout(PATIENCE, () => end(false))
    socket.on('data', () => end(true))
    socket.on('error', () => end(false))
    socket.on('close', () => end(false))
  })
}

function openPlain(port: number): Socket {
  const socket = connect({port, host: '127.0.0.1'})
  socket.on('connect', () => socket.write(HELLO))
  return socket
}

/** One cipher, so that all handshakes need the same. */
function openTls(port: number): Socket {
  return connectTls({
    ...{port, host: '127.0.0.1', rejectUnauthorized: false},
    ...{minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256'},
  })
}
