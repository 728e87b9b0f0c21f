/** TCP: connects, sends the text of the check, and waits for the expected one. */
import {connect, type Socket} from 'node:net'
import {searchText} from './expected-text.js'
import {failed, failedSocket, type Decide, type Probe} from './probe-result.js'
import {proxyHeader} from './proxy-header.js'

export const probeTcp: Probe = ({address, port, check}, decide) => {
  const {send, expect, proxyHeader: version} = check
  const socket = connect({host: address, port})
  socket.on('error', (error) => decide(failedSocket(error)))
  socket.once('connect', () => {
    if (version) socket.write(proxyHeader(version))
    if (send !== undefined) socket.write(send, 'latin1')
    if (expect?.type !== 'text') decide({ok: true})
  })
  if (expect?.type === 'text') search(socket, expect.text, decide)
  return {end: () => void socket.destroy()}
}

function search(socket: Socket, text: string, decide: Decide): void {
  const {add, isFull} = searchText(text)
  const missing = failed('the response does not contain the expected text')
  socket.on('data', (part) => {
    if (add(part)) decide({ok: true})
    else if (isFull()) decide(missing)
  })
  socket.once('end', () => decide(missing))
}
