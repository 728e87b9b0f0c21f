/**
 * UDP: sends the text of the check and waits for a reply. If no reply is expected, silence until the time-out is a success, because
 * a server may not answer; the kernel still reports a port that is closed (ICMP port unreachable).
 */
import {createSocket} from 'node:dgram'
import {failed, failedSocket, type Probe} from './probe-result.js'

export const probeUdp: Probe = ({address, port, check}, decide) => {
  const {send = '', expect} = check
  const text = expect?.type === 'text' ? expect.text : undefined
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  let isOpen = true
  const fail = (error: Error): void => decide(failedSocket(error))
  // The ICMP error of an earlier datagram is reported here, because the socket is connected.
  socket.on('error', fail)
  socket.on('message', (reply) => {
    const isExpected = text === undefined || reply.includes(text, 0, 'latin1')
    decide(isExpected ? {ok: true} : failed('the reply does not contain the expected text'))
  })
  socket.connect(port, address, (error?: Error) => {
    if (error) fail(error)
    // The probe may have ended meanwhile. Without a callback, Node drops the errors of `send`.
    else if (isOpen) socket.send(Buffer.from(send, 'latin1'), (unsent) => unsent && fail(unsent))
  })
  const end = (): void => {
    if (isOpen) socket.close()
    isOpen = false
  }
  return {end, ...(text === undefined && {atTimeout: {ok: true}})}
}
