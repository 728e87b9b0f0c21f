/**
 * What can go wrong with a connection: each layer, each fault, at each moment. At the start a reading fails for a reason of the
 * environment; while serving, what is known stays, and lbex catches up when the fault is over; a stop waits for none of it.
 */
import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {connect, createServer, type LookupFunction, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {openAccess} from '../../../../src/kube/open-access.js'
import {createClusterSource} from '../../../../src/sources/cluster/cluster-source.js'
import type {SnapshotSource} from '../../../../src/sources/snapshot-source.js'
import {ApiDouble} from '../../../support/api-double/api-double.js'
import {AUTHORITY, OTHER} from '../../../support/api-double/certificates.js'
import {apiNode, apiService} from '../../../support/api-double/objects.js'
import type {Fault} from '../../../support/api-double/faults.js'
import {internalError} from '../../../support/api-double/status.js'
import {loadLibrary} from '../../../support/api-double/use-double.js'
import {freePort} from '../../../support/ports.js'
import {ProxyDouble, type ProxyFault} from '../../../support/proxy-double.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {waitFor} from '../../../support/wait.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'
import {FakeClock} from '../../../unit/controller/fake-clock.js'
import {FakeLog} from '../../../unit/controller/fakes.js'

const NAME = 'api.example.com'

type Layer = 'DNS' | 'TCP' | 'an HTTP proxy' | 'a SOCKS proxy' | 'TLS' | 'HTTP'
type ApiKind = 'refuse' | 'reset' | 'silence' | 'garbage' | 'slow'

/** The codes of the failure at the start; none: the fault is no failure. */
const MATRIX: Readonly<Record<Layer, Readonly<Partial<Record<ApiKind, readonly string[]>>>>> = {
  DNS: {refuse: ['api-dns'], silence: ['api-timeout'], garbage: ['api-connection'], slow: []},
  TCP: {refuse: ['api-refused'], reset: ['api-connection'], silence: ['api-timeout'], slow: []},
  'an HTTP proxy': {
    refuse: ['api-proxy'],
    reset: ['api-proxy'],
    silence: ['api-timeout'],
    garbage: ['api-proxy'],
    slow: [],
  },
  'a SOCKS proxy': {
    refuse: ['api-proxy'],
    reset: ['api-proxy'],
    silence: ['api-timeout'],
    garbage: ['api-proxy'],
    slow: [],
  },
  TLS: {
    reset: ['api-connection'],
    silence: ['api-timeout'],
    garbage: ['api-tls'],
    slow: [],
  },
  HTTP: {
    refuse: ['api-error'],
    reset: ['api-connection'],
    silence: ['api-timeout'],
    garbage: ['not-an-api-server', 'api-answer'],
    slow: [],
  },
}

/** A server with TLS, reached by its name, directly or through a proxy, with a port in between that can fail. */
class FaultyNetwork {
  readonly api = new ApiDouble({tls: OTHER})
  readonly clock = new FakeClock()
  readonly log = new FakeLog()
  private fault: ApiKind | undefined
  private gate: Server | undefined
  private port = 0
  private proxy: ProxyDouble | undefined
  private source: SnapshotSource | undefined
  private readonly sockets = new Set<Socket>()

  constructor(
    private readonly layer: Layer,
    private readonly folder: string,
  ) {}

  async start(): Promise<void> {
    await this.api.start()
    this.api.put(apiService('first'))
    this.api.put(apiNode('node', '10.0.0.1'))
    this.port = await freePort()
    if (this.layer.endsWith('proxy')) {
      this.proxy = await new ProxyDouble(this.layer === 'an HTTP proxy' ? 'http' : 'socks5').start()
      this.proxy.hosts.set(NAME, '127.0.0.1')
    }
    await this.openGate()
  }

  async open(): Promise<SnapshotSource> {
    const path = join(this.folder, 'kubeconfig')
    const cluster = {
      server: `https://${NAME}:${this.port}`,
      'certificate-authority-data': Buffer.from(AUTHORITY).toString('base64'),
      ...(this.proxy && {'proxy-url': this.proxy.url}),
    }
    const config = {
      'current-context': 'x',
      clusters: [{name: 'x', cluster}],
      contexts: [{name: 'x', context: {cluster: 'x'}}],
    }
    await writeFile(path, JSON.stringify(config))
    const {clock, log} = this
    const access = await openAccess({
      kubeconfig: path,
      version: '0.0.0',
      clock,
      environment: {},
      lookup: this.lookup as LookupFunction,
    })
    return (this.source = createClusterSource({access, clock, log, random: () => 0}))
  }

  /** From now on connections meet `fault`, and those that are open are cut. */
  async set(fault: ApiKind | undefined): Promise<void> {
    this.fault = fault
    const {layer, proxy} = this
    if (proxy) proxy.fault = proxyFault(layer, fault)
    this.api.fault = layer === 'HTTP' ? httpFault(fault) : undefined
    if (layer === 'TCP' && fault === 'refuse') await this.closeGate()
    else if (!this.gate) await this.openGate()
    this.cut()
  }

  async stop(): Promise<void> {
    this.cut()
    await this.source?.close()
    await this.closeGate()
    await this.proxy?.stop()
    await this.api.kill()
  }

  /** Lets time pass, a `step` for each look, so that real answers keep up with it. */
  async until(what: string, condition: () => boolean | Promise<boolean>, step = 100): Promise<void> {
    const look = async (): Promise<boolean> => {
      if (await condition()) return true
      await this.clock.advance(step)
      return false
    }
    await waitFor(look, {what, every: 5, deadline: 20_000})
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroy()
    this.api.cutConnections()
  }

  private async openGate(): Promise<void> {
    const gate = createServer((socket) => this.pass(socket))
    await new Promise<void>((resolve) => gate.listen(this.port, '127.0.0.1', resolve))
    this.gate = gate
  }

  private async closeGate(): Promise<void> {
    this.cut()
    const {gate} = this
    this.gate = undefined
    await new Promise<void>((resolve) => (gate ? gate.close(() => resolve()) : resolve()))
  }

  private pass(socket: Socket): void {
    this.keep(socket)
    const {layer, fault} = this
    const isHere = layer === 'TCP' || layer === 'TLS'
    if (isHere && fault === 'reset') return void socket.once('data', () => socket.resetAndDestroy())
    if (isHere && fault === 'silence') return void socket.resume()
    if (isHere && fault === 'garbage') return void socket.end('220 mail.example.com ESMTP\r\n')
    const onward = connect(Number(new URL(this.api.url).port), '127.0.0.1')
    this.keep(onward)
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      if (isHere && fault === 'slow') void drip(from, to)
      else from.pipe(to)
      from.on('close', () => to.destroy())
    }
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket)
    socket.on('error', () => {}).on('close', () => this.sockets.delete(socket))
  }

  private readonly lookup = (
    _: string,
    __: object,
    done: (error: Error | null, found?: unknown) => void,
  ): void => {
    const fault = this.layer === 'DNS' ? this.fault : undefined
    const found = [{address: fault === 'garbage' ? 'no address' : '127.0.0.1', family: 4}]
    if (fault === 'silence') return
    if (fault === 'refuse') return done(Object.assign(new Error('no such name'), {code: 'ENOTFOUND'}))
    if (fault === 'slow') return void setImmediate(() => setImmediate(() => done(null, found)))
    done(null, found)
  }
}

/** A few bytes at a time. */
async function drip(from: Socket, to: Socket): Promise<void> {
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at += 100) {
        await new Promise((resolve) => to.write(chunk.subarray(at, at + 100), resolve))
      }
    }
  } catch {
    // It was cut.
  }
}

function proxyFault(layer: Layer, fault: ApiKind | undefined): ProxyFault | undefined {
  if (fault === 'refuse') return {kind: 'refuse', with: layer === 'an HTTP proxy' ? 502 : 1}
  if (fault === 'garbage') return {kind: 'say', text: '220 mail.example.com ESMTP\r\n'}
  return fault === 'silence' || fault === 'reset' ? {kind: fault} : undefined
}

function httpFault(fault: ApiKind | undefined): (() => Fault) | undefined {
  if (fault === undefined) return undefined
  const faults: Readonly<Record<ApiKind, Fault>> = {
    refuse: {kind: 'refuse', with: internalError},
    reset: {kind: 'reset'},
    silence: {kind: 'hang'},
    garbage: {kind: 'say', text: '<html>It works!</html>'},
    slow: {kind: 'slow', piece: 50},
  }
  return () => faults[fault]
}

describe('a connection to the API server', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let network: FaultyNetwork

  before(loadLibrary)
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(async () => {
    await network.stop()
    await folder.remove()
  })

  const open = async (layer: Layer): Promise<SnapshotSource> => {
    network = new FaultyNetwork(layer, folder.path)
    await network.start()
    return network.open()
  }
  const names = async (source: SnapshotSource): Promise<string[]> =>
    (await source.read(new AbortController().signal)).snapshot.services.map(({ref}) => ref.name)
  /** How the first reading ends. Time stands still, unless the fault is that nothing happens. */
  const firstReading = async (source: SnapshotSource, fault?: ApiKind): Promise<unknown> => {
    let ended: {readonly with: unknown} | undefined
    const end = (result: unknown): void => void (ended = {with: result})
    void names(source).then(end, end)
    await network.until('the first reading', () => ended !== undefined, fault === 'silence' ? 100 : 0)
    return ended?.with
  }

  for (const [layer, faults] of Object.entries(MATRIX) as [Layer, Partial<Record<ApiKind, string[]>>][]) {
    for (const [fault, codes] of Object.entries(faults) as [ApiKind, string[]][]) {
      it(`${layer}, ${fault}, at the start: ${codes.join(' or ') || 'no failure'}`, async () => {
        const source = await open(layer)
        await network.set(fault)
        const result = await firstReading(source, fault)
        if (codes.length === 0) return assert.deepEqual(result, ['first'])
        assert.ok(result instanceof Failure, String(result))
        assert.ok(codes.includes(result.code), `${result.code}: ${result.message}`)
      })

      it(`${layer}, ${fault}, while serving: what is known stays, and the rest follows`, async () => {
        const source = await open(layer)
        assert.deepEqual(await firstReading(source), ['first'])
        await network.set(fault)
        network.api.put(apiService('second'))
        const failed = () => source.freshness().some(({failure}) => failure !== undefined)
        if (codes.length > 0) await network.until('a failure', failed)
        assert.ok((await names(source)).includes('first'))
        await network.set(undefined)
        await network.until('the second Service', async () => (await names(source)).length === 2)
        await network.until('no failure', () => !failed())
      })

      it(`${layer}, ${fault}, while stopping: nothing is waited for`, async () => {
        const source = await open(layer)
        await network.set(fault)
        const reading = source.read(new AbortController().signal).catch(() => {})
        await network.clock.advance(0)
        await Promise.all([source.close(), reading])
      })
    }
  }
})
