/** CPU time of NGINX for a TLS handshake and its connection: with lbex, and with a configuration of the same that is written by hand. */
import {mapLimited} from '../../src/util/concurrency.js'
import {anEndpoint, aService, aSlice, aSnapshot} from '../../test/support/builders.js'
import {aSecret, certificatePath} from '../../test/support/certificates.js'
import {freePorts} from '../../test/support/ports.js'
import {startLbex, type Lbex} from '../compare/lbex.js'
import {figures, medianRatio, rounds, type Figures} from '../measure.js'
import {startPlainNginx} from '../plain-nginx.js'
import {childrenOf, cpuOf} from '../processes.js'
import {ask} from './ask.js'

const ROUNDS = rounds(11)
const CONNECTIONS = 250
const AT_ONCE = 16

export type TlsResult = {
  readonly tls: 'by lbex' | 'by hand'
  /** CPU time of all workers for one handshake and connection. */
  readonly microseconds: Figures
  /** Compared with the configuration by hand: the median of the ratios of the rounds. */
  readonly ratio: number
}

export async function benchTls(): Promise<TlsResult[]> {
  const [backend = 0, byLbex = 0, byHand = 0, silent = 0] = await freePorts(4)
  const answering = await startPlainNginx(answer(backend), backend)
  const plain = await startPlainNginx(`${terminate(byHand, backend)}\n${answer(silent)}`, silent)
  const lbex = await startLbex('reload')
  try {
    await serve(lbex, byLbex, backend)
    const sides = [
      {tls: 'by lbex', port: byLbex, pids: childrenOf(lbex.master()), samples: [] as number[]},
      {tls: 'by hand', port: byHand, pids: childrenOf(plain.master), samples: [] as number[]},
    ] as const
    // The first round warms up, and does not count.
    for (let turn = 0; turn <= ROUNDS; turn += 1)
      for (const {port, pids, samples} of sides) {
        const used = await cpuOfHandshake(port, pids)
        if (turn > 0) samples.push(used)
      }
    return sides.map(({tls, samples}) => ({
      ...{tls, microseconds: figures(samples)},
      ratio: medianRatio(samples, sides[1].samples),
    }))
  } finally {
    await lbex.close()
    await plain.close()
    await answering.close()
  }
}

async function cpuOfHandshake(port: number, pids: readonly string[]): Promise<number> {
  const before = cpuOf(pids)
  const answers = await mapLimited(Array.from({length: CONNECTIONS}), AT_ONCE, () => ask(port, 'tls'))
  if (answers.includes(false)) throw new Error(`a TLS connection to port ${port} was not answered`)
  return (cpuOf(pids) - before) / CONNECTIONS
}

function serve(lbex: Lbex, listen: number, backend: number): Promise<void> {
  const service = aService().annotated({'upstream-type': 'pod', 'tls-secret': 'certificate'})
  const slice = aSlice().port('tcp', backend).endpoints(anEndpoint('127.0.0.1'))
  return lbex.apply({
    ...aSnapshot([service.port('tcp', 443, {listen}), slice]),
    secrets: [aSecret('certificate', {pair: 'web'})],
  })
}

function terminate(listen: number, backend: number): string {
  return `    upstream backend {
        server 127.0.0.1:${backend};
    }
    server {
        listen 127.0.0.1:${listen} ssl backlog=4096;
        ssl_certificate ${certificatePath('web.pem')};
        ssl_certificate_key ${certificatePath('web.key')};
        ssl_protocols TLSv1.2 TLSv1.3;
        proxy_pass backend;
    }`
}

function answer(listen: number): string {
  return `    server {
        listen 127.0.0.1:${listen} backlog=4096;
        return "hello\\n";
    }`
}
