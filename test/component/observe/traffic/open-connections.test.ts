import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {KnownServices} from '../../../../src/observe/traffic/known-services.js'
import {OpenConnections, type SocketCounts} from '../../../../src/observe/traffic/open-connections.js'
import {startTcpBackend} from '../../../support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {openSessions} from '../../../support/traffic.js'
import {translate} from '../../../support/translate.js'

const OWN = {address: '127.0.0.1', port: 7333}
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n'

describe('OpenConnections', () => {
  let now: number
  let folder: TemporaryFolder
  beforeEach(async () => {
    now = 0
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  /** Counts for a Service that listens on this port for TCP and UDP, with the server 10.0.0.1:53. */
  function connectionsOf(listen: number, path?: string): OpenConnections {
    const parts = [
      aService('dns')
        .annotated({'upstream-type': 'pod'})
        .port('tcp', 53, {listen})
        .port('udp', 53, {listen, protocol: 'UDP'}),
      aSlice('dns').port('tcp', 53).port('udp', 53, 'UDP').endpoints(anEndpoint('10.0.0.1')),
    ]
    const {loadBalancer} = translate(aSnapshot(parts), options())
    const services = new KnownServices()
    services.update(loadBalancer, 0)
    const connections = new OpenConnections({
      ...{clock: {monotonic: () => now}, own: OWN},
      ...(path !== undefined && {folder: path}),
    })
    connections.update(loadBalancer, services.listeners)
    return connections
  }

  const byProtocol = ({open}: SocketCounts) =>
    Object.fromEntries([...open].map(([series, count]) => [series.split('|')[2], count]))

  it('counts the connections of this host', async () => {
    const backend = await startTcpBackend('one')
    const sessions = await openSessions({port: backend.port}, 3)
    assert.deepEqual(byProtocol(await connectionsOf(backend.port).counts()), {TCP: 3, UDP: 0})
    for (const session of sessions) session.close()
    await backend.close()
  })

  it('counts UDP sessions and drops, and reads again after a second', async () => {
    const rest = '00000000:00000000 00:00000000 00000000     0        0 12345 2 0000000000000000'
    const table = (drops: number) =>
      `${HEAD}  1: 0100007F:1CA5 00000000:0000 07 ${rest} ${drops}\n  2: 0100007F:C69A 0100000A:0035 01 ${rest} 0\n`
    await writeFile(join(folder.path, 'udp'), table(7))
    const connections = connectionsOf(5353, folder.path)
    const first = await connections.counts()
    assert.deepEqual([byProtocol(first), first.dropped], [{TCP: 0, UDP: 1}, 7])
    await writeFile(join(folder.path, 'udp'), table(8))
    now = 900
    assert.equal(await connections.counts(), first)
    now = 1001
    assert.equal((await connections.counts()).dropped, 8)
  })

  it('counts for the load balancer that came while it read the tables', async () => {
    const connections = connectionsOf(5353, folder.path)
    const earlier = connections.counts()
    connections.update({services: [], shared: []}, [])
    const later = await connections.counts()
    assert.deepEqual([byProtocol(await earlier), byProtocol(later)], [{TCP: 0, UDP: 0}, {}])
    assert.equal(await connections.counts(), later)
  })

  it('counts nothing if a table cannot be read', async () => {
    await mkdir(join(folder.path, 'tcp'))
    assert.deepEqual(byProtocol(await connectionsOf(5353, folder.path).counts()), {TCP: 0, UDP: 0})
  })
})
