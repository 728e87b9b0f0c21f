/** TCP: connects, sends the text of the check, and waits for the expected one. */
import type {Socket} from 'node:net'
import {openConnection} from './connection.js'
import {searchText} from './expected-text.js'
import {failed, type Decide, type Probe} from './probe-result.js'

export const probeTcp: Probe = (target, decide) => {
  const {send, expect} = target.check
  return openConnection(target, decide, (socket) => {
    if (send !== undefined) socket.write(send, 'latin1')
    if (expect?.type === 'text') search(socket, expect.text, decide)
    else decide({ok: true})
  })
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
