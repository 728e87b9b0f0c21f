/** The throughput of one long connection. */
import {fork} from 'node:child_process'
import {once} from 'node:events'
import {connect} from 'node:net'
import {fileURLToPath} from 'node:url'
import {figures, rounds, type Figures} from '../measure.js'
import {cpuOf} from '../processes.js'
import {startProxies, type Proxy} from './proxies.js'

const ROUNDS = rounds(7)
const BYTES = 2 ** 29

/** Ways in which HAProxy may copy; lbex has one. */
const WAYS = ['', ', with splice'] as const

export type TransferResult = {
  readonly by: string
  readonly megabytesPerSecond: Figures
  /** Milliseconds of CPU time of the proxy for a gigabyte. */
  readonly cpuPerGigabyte: Figures
}

export async function compareTransfer(): Promise<TransferResult[]> {
  const program = fileURLToPath(new URL('source-process.ts', import.meta.url))
  const child = fork(program, [String(BYTES)], {execArgv: ['--import', 'tsx']})
  try {
    const [backend] = (await once(child, 'message')) as [number]
    const proxies = await startProxies([{backend}, {backend, lines: ['option splice-auto']}])
    try {
      return await compareAll(proxies.all)
    } finally {
      await proxies.close()
    }
  } finally {
    child.disconnect()
  }
}

/** The first round warms up, and does not count. */
async function compareAll(proxies: readonly Proxy[]): Promise<TransferResult[]> {
  const all = proxies.flatMap((proxy) =>
    WAYS.slice(0, proxy.by === 'HAProxy' ? 2 : 1).map((way, index) => {
      const samples: {readonly rate: number; readonly cpu: number}[] = []
      return {by: proxy.by + way, pids: proxy.pids, port: proxy.ports[index] ?? 0, samples}
    }),
  )
  for (let turn = 0; turn <= ROUNDS; turn += 1)
    for (const {pids, port, samples} of all) {
      const [cpu, begun] = [cpuOf(pids), performance.now()]
      await receiveAll(port)
      const seconds = (performance.now() - begun) / 1000
      const used = ((cpuOf(pids) - cpu) / 1000) * (1e9 / BYTES)
      if (turn > 0) samples.push({rate: BYTES / 1e6 / seconds, cpu: used})
    }
  return all.map(({by, samples}) => ({
    by,
    megabytesPerSecond: figures(samples.map(({rate}) => rate)),
    cpuPerGigabyte: figures(samples.map((sample) => sample.cpu)),
  }))
}

/** Reads into one buffer, so that the client costs little. */
function receiveAll(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0
    const onread = {
      buffer: Buffer.alloc(1_048_576),
      callback: (count: number): boolean => {
        received += count
        return true
      },
    }
    const socket = connect({port, host: '127.0.0.1', onread})
    socket.on('error', reject)
    socket.on('close', () => {
      if (received === BYTES) resolve()
      else reject(new Error(`the client of port ${port} got ${received} of ${BYTES} bytes`))
    })
  })
}
