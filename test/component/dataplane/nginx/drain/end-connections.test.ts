import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {connect, createServer, type AddressInfo, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {endConnections} from '../../../../../src/dataplane/nginx/drain/end-connections.js'
import {testDrain} from '../../../../../src/dataplane/nginx/drain/test-drain.js'
import {drainObstacle} from '../../../../../src/dataplane/nginx/host/drain-obstacle.js'
import {hostLimits} from '../../../../../src/dataplane/nginx/host/host-limits.js'
import {findProcess, type ProcessRef} from '../../../../../src/dataplane/nginx/process/processes.js'
import {systemClock} from '../../../../../src/util/clock.js'
import {freePort} from '../../../../support/ports.js'
import {skipBecause} from '../../../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'
import {UNIT_TIMEOUT} from '../../../../support/timeouts.js'
import {waitFor} from '../../../../support/wait.js'

/** Connects to the port, and exits when the connection ends. */
const STRANGER =
  'require("node:net").connect(+process.argv[1], process.argv[2]).on("close", () => process.exit())'

function workers(): ProcessRef[] {
  return [findProcess(process.pid) ?? []].flat()
}

describe('endConnections', function () {
  this.timeout(UNIT_TIMEOUT)
  const servers: Server[] = []
  const clients: Socket[] = []
  const strangers: ChildProcess[] = []

  before(async function () {
    const result = await testDrain()
    skipBecause(this, result === 'works' ? undefined : `ss --kill does not work on this machine: ${result}`)
  })
  afterEach(() => {
    for (const each of strangers.splice(0)) each.kill('SIGKILL')
    for (const each of clients.splice(0)) each.destroy()
    for (const each of servers.splice(0)) each.close()
  })

  /** A server that holds its connections, and their number. */
  async function listen(address: string, at = 0) {
    let open = 0
    const server = createServer((socket) => {
      open += 1
      socket.on('error', () => {}).on('close', () => (open -= 1))
      socket.resume()
    })
    servers.push(server)
    server.listen(at, address)
    await once(server, 'listening')
    const {port} = server.address() as AddressInfo
    return {address, port, protocol: 'TCP' as const, open: () => open}
  }

  async function connectTo({address, port}: {address: string; port: number}): Promise<Socket> {
    const client = connect(port, address).on('error', () => {})
    clients.push(client)
    await once(client, 'connect')
    return client
  }

  for (const address of ['127.0.0.1', '::1'])
    it(`ends the connections of the workers to a server, and no others: ${address}`, async function () {
      const isPossible = address !== '::1' || (await hostLimits()).ipv6
      skipBecause(this, isPossible ? undefined : 'the kernel of this host has no IPv6')
      const [drained, kept] = [await listen(address), await listen(address)]
      strangers.push(spawn(process.execPath, ['-e', STRANGER, String(drained.port), address]))
      const mine = [await connectTo(drained), await connectTo(drained)]
      const other = await connectTo(kept)
      await waitFor(() => drained.open() === 3 && kept.open() === 1, {what: 'the connections'})
      const {open: _, ...server} = drained
      const result = await endConnections([server], {workers, clock: systemClock})
      assert.deepEqual(result, {found: 2, ended: 2})
      await waitFor(() => mine.every(({destroyed}) => destroyed), {what: 'the end of the connections'})
      await waitFor(() => drained.open() === 1, {what: 'the end of the connections at the server'})
      assert.deepEqual([other.destroyed, kept.open(), strangers[0]?.exitCode], [false, 1, null])
      assert.deepEqual(await endConnections([server], {workers, clock: systemClock}), {found: 0, ended: 0})
    })

  for (const state of ['open', 'closed'])
    it(`does not take a client of a listener that is ${state} for a server`, async () => {
      const listener = await listen('127.0.0.1', state === 'closed' ? await freePort() : 0)
      const client = await connectTo(listener)
      await waitFor(() => listener.open() === 1, {what: 'the connection'})
      if (state === 'closed') servers[0]?.close()
      const disguised = {address: '127.0.0.1', port: client.localPort ?? 0, protocol: 'TCP'} as const
      const result = await endConnections([disguised], {workers, clock: systemClock})
      assert.deepEqual([result, client.destroyed], [{found: 0, ended: 0}, false])
    })

  it('ends more connections than one call of ss takes', async () => {
    const drained = await listen('127.0.0.1')
    await Promise.all(Array.from({length: 300}, () => connectTo(drained)))
    const result = await endConnections([drained], {workers, clock: systemClock})
    assert.deepEqual(result, {found: 300, ended: 300})
  })

  it('ends UDP sessions', async () => {
    const [server, client] = [createSocket('udp4'), createSocket('udp4')]
    try {
      server.bind(0, '127.0.0.1')
      await once(server, 'listening')
      const {port} = server.address()
      const ended = once(client, 'error').catch(() => {})
      client.connect(port, '127.0.0.1')
      await once(client, 'connect')
      const address = {address: '127.0.0.1', port, protocol: 'UDP'} as const
      assert.deepEqual(await endConnections([{...address, protocol: 'TCP'}], {workers, clock: systemClock}), {
        found: 0,
        ended: 0,
      })
      const result = await endConnections([address], {workers, clock: systemClock})
      assert.deepEqual(result, {found: 1, ended: 1})
      await ended
    } finally {
      server.close()
      client.close()
    }
  })
})

describe('a host without ss, or without permission', () => {
  let folder: TemporaryFolder
  const path = process.env['PATH']

  beforeEach(async () => {
    folder = await temporaryFolder()
    process.env['PATH'] = join(folder.path, 'bin')
    await mkdir(join(folder.path, 'bin'))
  })
  afterEach(async () => {
    process.env['PATH'] = path
    await folder.remove()
  })

  async function fakeSs(script: string): Promise<void> {
    const file = join(folder.path, 'bin/ss')
    await writeFile(file, `#!/bin/sh\n${script}\n`)
    await chmod(file, 0o755)
  }

  it('is found by a test', async () => {
    assert.equal(await testDrain(), 'program')
    await fakeSs('echo SOCK_DESTROY answers: Operation not permitted >&2')
    assert.equal(await testDrain(), 'refused')
    await fakeSs('exit 255')
    assert.equal(await testDrain(), 'refused')
    await fakeSs('exit 0')
    assert.equal(await testDrain(), 'kernel')
    await fakeSs('kill -9 $$')
    assert.equal(await testDrain(), 'refused')
  })

  it('is found at the start', async function () {
    skipBecause(this, (await drainObstacle()) === 'capability' ? 'needs CAP_NET_ADMIN' : undefined)
    assert.equal(await drainObstacle(), 'program')
    await fakeSs('exit 0')
    assert.equal(await drainObstacle(), undefined)
  })
})
