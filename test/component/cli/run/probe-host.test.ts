import assert from 'node:assert/strict'
import {once} from 'node:events'
import {mkdir, symlink, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {probeHost} from '../../../../src/cli/run/probe-host.js'
import {listenerId, type ListenerKey} from '../../../../src/core/model/listener-key.js'
import {layoutOf, makeFolders} from '../../../../src/dataplane/nginx/store/layout.js'
import {formatIndex} from '../../../../src/dataplane/nginx/store/generation-index.js'
import {freePorts} from '../../../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'

describe('probeHost', () => {
  const owner = {kind: 'Service', namespace: 'default', name: 'web'}
  let folder: TemporaryFolder
  let servers: Server[]
  let held: ListenerKey
  let free: ListenerKey

  beforeEach(async () => {
    folder = await temporaryFolder()
    const [first = 0, second = 0] = await freePorts(2)
    held = {address: '127.0.0.1', port: first, protocol: 'TCP'}
    free = {...held, port: second}
    servers = []
    await listen({host: held.address, port: held.port})
  })
  afterEach(async () => {
    for (const server of servers) server.close()
    await folder.remove()
  })

  async function listen(options: {host: string; port: number} | {path: string}): Promise<void> {
    const server = createServer((socket) => socket.destroy()).listen(options)
    servers.push(server)
    await once(server, 'listening')
  }

  /** What an NGINX leaves in its folder; `manifest` is the text beside its configuration. */
  async function served(manifest: string): Promise<void> {
    const {generations, current} = layoutOf(folder.path)
    await makeFolders(layoutOf(folder.path))
    await mkdir(join(generations, 'abc'))
    await writeFile(join(generations, 'abc/manifest.json'), manifest)
    await symlink('generations/abc', current)
  }

  const manifestOf = (...listeners: ListenerKey[]): string =>
    formatIndex({id: 'abc', main: '', files: [{path: 'services/old.conf', owners: [owner], listeners}]})

  const probe = async (directory = folder.path): Promise<object[]> => {
    const file = {path: 'services/new.conf', text: '', owners: [owner], listeners: [held, free]}
    const {unavailable, addresses} = await probeHost([file], directory)
    assert.equal(addresses.size, 0)
    return [...unavailable]
  }

  it('reports a listener that another program holds', async () => {
    assert.deepEqual(await probe(), [[listenerId(held), {code: 'in-use'}]])
  })

  it('does not report the listeners of the NGINX that serves from the folder', async () => {
    await served(manifestOf(held))
    await listen({path: layoutOf(folder.path).versionSocket})
    assert.deepEqual(await probe(), [])
  })

  it('reports a listener that another program took after NGINX ended', async () => {
    await served(manifestOf(held))
    assert.deepEqual(await probe(), [[listenerId(held), {code: 'in-use'}]])
  })

  for (const [what, prepare] of [
    ['has no generation', () => makeFolders(layoutOf(folder.path))],
    ['has a damaged manifest', () => served('{')],
  ] as const) {
    it(`reports no port as in use if NGINX runs and its folder ${what}`, async () => {
      await prepare()
      await listen({path: layoutOf(folder.path).versionSocket})
      assert.deepEqual(await probe(), [])
    })
  }

  it('probes for a folder that no NGINX of lbex can use', async () => {
    assert.deepEqual(await probe(`/${'x'.repeat(200)}`), [[listenerId(held), {code: 'in-use'}]])
  })
})
