/** The connection of a TCP or HTTP probe: it begins with a PROXY protocol header and with TLS if the servers expect that. */
import {connect, type Socket} from 'node:net'
import type {ProbeTarget} from '../core/model/probe-target.js'
import {failedSocket, type Decide, type RunningProbe} from './probe-result.js'
import {proxyHeader} from './proxy-header.js'
import {startTls} from './tls-handshake.js'

/** `onOpen` is called once the server has accepted the connection and, with TLS, its certificate was verified. */
export function openConnection(
  {address, port, check}: ProbeTarget,
  decide: Decide,
  onOpen: (socket: Socket) => void,
): RunningProbe {
  const {proxyHeader: version, tls} = check
  const socket = connect({host: address, port})
  let secured: Socket | undefined
  socket.on('error', (error) => decide(failedSocket(error)))
  socket.once('connect', () => {
    if (version) socket.write(proxyHeader(version))
    if (tls) secured = startTls(socket, tls, decide, onOpen)
    else onOpen(socket)
  })
  return {
    end: () => {
      secured?.destroy()
      socket.destroy()
    },
  }
}
