/**
 * UDP: sends the text of the check and waits for a reply. If no reply is expected, silence until the time-out is a success, because
 * a server may not answer; the kernel still reports a port that is closed (ICMP port unreachable).
 */
import {createSocket, type Socket} from 'node:dgram'
import {failed, oneResult, socketReason} from './one-result.js'
import type {Probe, ProbeResult} from './probe-result.js'

export const probeUdp: Probe = ({address, port, check}, running) => {
  const {timeout, send = '', expect} = check
  const text = expect?.type === 'text' ? expect.text : undefined
  const atTimeout: ProbeResult | undefined = text === undefined ? {ok: true} : undefined
  return oneResult(
    {timeout, running},
    (decide) => {
      const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
      // Both `send` and the ICMP error of an earlier datagram report errors here, because the socket is connected.
      socket.on('error', (error) => decide(failed(socketReason(error))))
      socket.on('message', (reply) => {
        const isExpected = text === undefined || reply.includes(text, 0, 'latin1')
        decide(isExpected ? {ok: true} : failed('the reply does not contain the expected text'))
      })
      socket.connect(port, address, (error?: Error) => {
        if (error) decide(failed(socketReason(error)))
        else sendUnlessClosed(socket, send)
      })
      return () => close(socket)
    },
    atTimeout,
  )
}

/** The probe may have ended while the socket was connecting. */
function sendUnlessClosed(socket: Socket, text: string): void {
  try {
    socket.send(Buffer.from(text, 'latin1'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw error
  }
}

function close(socket: Socket): void {
  try {
    socket.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw error
  }
}
