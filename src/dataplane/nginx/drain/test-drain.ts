/** Tests on a connection of its own whether lbex can end connections on this host. */
import {once} from 'node:events'
import {connect, createServer, type AddressInfo, type Socket} from 'node:net'
import {Failure} from '../../../diagnostics/failure.js'
import {hexKey} from '../../../util/socket-table.js'
import {destroySockets} from './destroy-sockets.js'

/** `kernel`: the kernel was built without CONFIG_INET_DIAG_DESTROY. `refused`: this process may not end connections. */
export type DrainTest = 'works' | 'program' | 'refused' | 'kernel' | 'failed'

const LOOPBACK = '127.0.0.1'

export async function testDrain(): Promise<DrainTest> {
  // The sockets fail: that is the purpose of the test.
  const server = createServer((accepted) => accepted.on('error', () => {}))
  let socket: Socket | undefined
  try {
    server.listen(0, LOOPBACK)
    await once(server, 'listening')
    const {port} = server.address() as AddressInfo
    socket = connect(port, LOOPBACK)
    socket.on('error', () => {})
    await once(socket, 'connect')
    const local = hexKey({address: LOOPBACK, port: socket.localPort ?? 0})
    const remote = hexKey({address: LOOPBACK, port})
    return (await destroySockets([{protocol: 'TCP', local, remote}])) > 0 ? 'works' : 'kernel'
  } catch (error) {
    return reasonOf(error)
  } finally {
    socket?.destroy()
    server.close()
  }
}

function reasonOf(error: unknown): DrainTest {
  const code = error instanceof Failure ? error.code : undefined
  if (code === 'command-not-found') return 'program'
  return code === 'drain-failed' ? 'refused' : 'failed'
}
