/**
 * Stands between lbex and the socket on which NGINX takes changes of servers. It sees each request before NGINX does, and each answer
 * before lbex does, and passes it on after `notice` has returned: what `notice` kills has not got it.
 */
import {renameSync, statSync, watch, type FSWatcher} from 'node:fs'
import {connect, createServer, type Server, type Socket} from 'node:net'
import {basename, dirname} from 'node:path'
import type {Layout} from '../../../src/dataplane/nginx/store/layout.js'
import {waitFor} from '../../support/wait.js'

/** `new key`: lbex has written the key that NGINX loads with the next reload. */
export type Passing = 'request to write' | 'answer to write' | 'request to read' | 'new key'

export class ControlTap {
  notice: (passing: Passing) => void = () => {}
  private readonly sockets = new Set<Socket>()
  private readonly keys: FSWatcher
  private server: Server | undefined
  /** Of the socket that lbex connects to. */
  private inode: number | undefined

  /** NGINX must have made its socket. */
  constructor(private readonly layout: Pick<Layout, 'liveSocket' | 'liveKey'>) {
    this.keys = watch(dirname(layout.liveKey), (_, file) => {
      if (file === basename(layout.liveKey)) this.notice('new key')
    })
  }

  /** To be called again after NGINX has made another socket, as it does when it starts. */
  async install(): Promise<void> {
    const {liveSocket} = this.layout
    if (this.server && inodeOf(liveSocket) === this.inode) return
    await waitFor(() => inodeOf(liveSocket), {what: liveSocket})
    // NGINX listens on, under another name. A server that closes removes the file that has its name, so this comes first.
    renameSync(liveSocket, this.original)
    this.uninstall()
    const server = createServer((socket) => this.pass(socket))
    await new Promise<void>((resolve) => server.listen(liveSocket, resolve))
    this.server = server
    this.inode = inodeOf(liveSocket)
  }

  close(): void {
    this.keys.close()
    this.uninstall()
  }

  private get original(): string {
    return `${this.layout.liveSocket}.nginx`
  }

  private uninstall(): void {
    const {server} = this
    this.server = undefined
    server?.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private pass(fromLbex: Socket): void {
    const toNginx = connect(this.original)
    let kind: 'read' | 'write' | undefined
    let request = ''
    let answer = ''
    this.tie(fromLbex, toNginx)
    fromLbex.on('data', (data) => {
      request += data.toString('latin1')
      if (!request.endsWith('\n')) return
      kind = 'revision' in (JSON.parse(request) as object) ? 'write' : 'read'
      this.notice(`request to ${kind}`)
      toNginx.write(request, 'latin1')
    })
    toNginx.on('data', (data) => {
      answer += data.toString('latin1')
      if (!answer.endsWith('\n')) return
      if (kind === 'write') this.notice('answer to write')
      fromLbex.end(answer, 'latin1')
    })
  }

  /** One ends with the other, and with the tap. An answer that is complete is on its way by then. */
  private tie(...ends: readonly [Socket, Socket]): void {
    for (const [index, socket] of ends.entries()) {
      this.sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        this.sockets.delete(socket)
        ends[1 - index]?.end()
      })
    }
  }
}

/** Undefined if there is no such file. */
function inodeOf(path: string): number | undefined {
  return statSync(path, {throwIfNoEntry: false})?.ino
}
