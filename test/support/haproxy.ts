/** HAProxy as a backend that reads the PROXY protocol, and as a sender of it: an implementation that was not written for lbex. */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {join} from 'node:path'
import type * as Declared from '../../scripts/get-haproxy.mjs'
import {whenAbandoned} from './abandoned.js'
import {freePorts} from './ports.js'
import {UNIT_TIMEOUT} from './timeouts.js'
import {waitFor} from './wait.js'

/** Path of HAProxy, or the reason for which tests that need it are skipped. Fetches nothing: `npm run setup` does. */
export async function testHaproxy(): Promise<{readonly binary: string} | {readonly reason: string}> {
  const script = new URL('../../scripts/get-haproxy.mjs', import.meta.url).href
  const {getHaproxy} = (await import(script)) as typeof Declared
  return getHaproxy()
}

export type HaproxyBackend = {
  /** Of 127.0.0.1. Requires a PROXY header (v1 or v2), and answers an HTTP request with `ADDRESS:PORT` of the client in it. */
  readonly proxied: number
  /** The same without a header. */
  readonly plain: number
  /** Forwards connections to `forwardTo` with a PROXY header of version 1 or 2. */
  readonly senders: {readonly v1: number; readonly v2: number}
  close(): Promise<void>
}

/**
 * https://docs.haproxy.org/2.6/configuration.html#5.1-accept-proxy; `folder` is for its configuration. `forwardTo`: the port of
 * 127.0.0.1 that the senders connect to, if a test uses them.
 */
export async function startHaproxyBackend(
  binary: string,
  folder: string,
  forwardTo = 1,
): Promise<HaproxyBackend> {
  const [proxied = 0, plain = 0, v1 = 0, v2 = 0] = await freePorts(4)
  const path = join(folder, 'haproxy.cfg')
  const senders = [sender(v1, forwardTo, 'send-proxy'), sender(v2, forwardTo, 'send-proxy-v2')]
  await writeFile(path, [configuration(proxied, plain), ...senders].join(''))
  const child = spawn(binary, ['-db', '-q', '-f', path], {stdio: 'ignore'})
  const ended = once(child, 'exit')
  const closed = whenAbandoned(() => child.kill('SIGKILL'))
  await waitFor(() => answers(plain), {what: 'HAProxy'})
  return {
    proxied,
    plain,
    senders: {v1, v2},
    close: async () => {
      closed()
      child.kill('SIGKILL')
      await ended
    },
  }
}

function configuration(proxied: number, plain: number): string {
  return `
defaults
    mode http
    timeout connect 10s
    timeout client 60s
    timeout server 60s
frontend client
    bind 127.0.0.1:${proxied} accept-proxy
    bind 127.0.0.1:${plain}
    http-request return status 200 content-type text/plain lf-string "%[src]:%[src_port]"
`
}

/** https://docs.haproxy.org/2.6/configuration.html#5.2-send-proxy */
function sender(port: number, to: number, option: string): string {
  return `
listen ${option}
    mode tcp
    bind 127.0.0.1:${port}
    server lbex 127.0.0.1:${to} ${option}
`
}

async function answers(port: number): Promise<boolean> {
  return askHaproxy(port).then(
    () => true,
    () => false,
  )
}

/**
 * The client that HAProxy sees, after `header`, if any. Rejects if HAProxy closes the connection without an answer. `from`: the
 * address of the client.
 */
export function askHaproxy(port: number, header: string | Buffer = '', from = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({port, host: '127.0.0.1', localAddress: from}, () => {
      socket.write(header)
      socket.write('GET / HTTP/1.0\r\n\r\n')
    })
    let answer = ''
    socket.setTimeout(UNIT_TIMEOUT, () => socket.destroy(new Error('HAProxy does not answer')))
    socket.on('data', (data) => (answer += data.toString('latin1')))
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', client] = answer.split('\r\n\r\n')
      if (head.includes(' 200 ') && client) resolve(client)
      else reject(new Error(`HAProxy answered: ${head || 'nothing'}`))
    })
  })
}
