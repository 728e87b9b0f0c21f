/**
 * Receives the lines that NGINX sends as datagrams to a port of the loopback interface. NGINX never waits for lbex: if the buffer
 * of the socket is full, or if no lbex runs, the lines are lost. A unix socket would hold ten datagrams only (net.unix.max_dgram_qlen),
 * and Node.js has none for datagrams.
 */
import {createSocket, type Socket} from 'node:dgram'
import {once} from 'node:events'
import {bindErrorOf, describeBindError} from '../../diagnostics/bind-error.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {Logger} from '../../util/logger.js'
import type {Endpoint} from '../../util/socket-table.js'

/** Bytes: about a second of lines at 5,000 connections per second. The kernel may grant less (net.core.rmem_max). */
const BUFFER = 4 * 1024 * 1024

const LOOPBACK = '127.0.0.1'

export type ReceiverOptions = {
  /** 0: any free port. */
  readonly port: number
  readonly onLine: (line: Buffer) => void
  readonly log: Logger
}

export class LineReceiver {
  /** Rejects with the Failure `traffic-port`. */
  static async open({port, onLine, log}: ReceiverOptions): Promise<LineReceiver> {
    const socket = createSocket({type: 'udp4', recvBufferSize: BUFFER})
    try {
      socket.bind(port, LOOPBACK)
      await once(socket, 'listening')
    } catch (error) {
      socket.close()
      throw cannotReceive(error as NodeJS.ErrnoException, port)
    }
    socket.on('message', onLine)
    // lbex ends if nothing else runs.
    socket.unref()
    socket.on('error', (error) =>
      log.warn('the access log of NGINX is not readable', {error: messageOf(error)}),
    )
    return new LineReceiver(socket)
  }

  private constructor(private readonly socket: Socket) {}

  get endpoint(): Endpoint {
    return {address: LOOPBACK, port: this.socket.address().port}
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(resolve))
  }
}

function cannotReceive(error: NodeJS.ErrnoException, port: number): Failure {
  const reason = describeBindError(bindErrorOf(error.code, error.message))
  return new Failure(`cannot receive the access log of NGINX on UDP port ${port} of ${LOOPBACK}: ${reason}`, {
    code: 'traffic-port',
    hint: 'choose another port with --traffic-port',
    cause: error,
  })
}
