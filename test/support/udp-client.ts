/** A client whose datagrams all come from one port, as those of a long-lived DNS or VPN client do. */
import {createSocket, type Socket} from 'node:dgram'
import {once} from 'node:events'
import {scaled} from './timeouts.js'
import type {Target} from './traffic.js'

/** A client that sends all its datagrams from one port, one at a time. */
export class UdpClient {
  private sent = 0

  static async open(target: Target): Promise<UdpClient> {
    const socket = createSocket('udp4')
    socket.bind(0, target.from)
    await once(socket, 'listening')
    return new UdpClient(socket, target)
  }

  private constructor(
    private readonly socket: Socket,
    private readonly target: Target,
  ) {}

  /** Sends a datagram: the answer to it, or undefined when none comes in time. Answers to earlier ones do not count. */
  ask(limit = scaled(1000)): Promise<string | undefined> {
    const {port, address = '127.0.0.1'} = this.target
    const text = `${(this.sent += 1)}`
    return new Promise((resolve) => {
      const end = (answer?: string): void => {
        clearTimeout(timer)
        this.socket.off('message', listen)
        resolve(answer)
      }
      const listen = (message: Buffer): void => {
        const [name, echo] = message.toString().split(' ')
        if (echo === text) end(name)
      }
      const timer = setTimeout(end, limit)
      this.socket.on('message', listen)
      this.socket.send(text, port, address)
    })
  }

  async close(): Promise<void> {
    this.socket.close()
  }
}
